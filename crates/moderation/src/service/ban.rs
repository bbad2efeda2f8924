//! Keeping somebody out, for a time or for ever.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::audit::{self, Action, Entry};
use guilds::{Ban, LockedGuild, RemovalNotice, locked};
use identity::Identity;
use kernel::{Event, GuildId, Limit, Page, Permissions, UserId};
use serde_json::json;

use super::{Moderation, Parties, tell_holders};
use crate::Error;
use crate::event::{MemberBanned, MemberUnbanned};
use crate::input::{BanBody, Sentence};
use crate::store::purges::{self, NewPurge};
use crate::view::BanView;

/// How many bans a page has: 50 unless said otherwise, at most 100.
pub type BansLimit = Limit<50, 100>;

/// A ban that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banned {
    /// The ban.
    pub ban: BanView,
    /// Whether they were a member.
    pub removed: bool,
}

impl Moderation {
    /// Removes somebody, if they are a member, and keeps them out until the ban ends, whatever way they come. A ban that
    /// there was is replaced. Their messages of the last days are deleted by and by, if that is wanted. Tells them, the
    /// members and the moderators.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for oneself; [`Error::Guild`]: no such guild or account, no
    /// [`Permissions::BAN_MEMBERS`], the hierarchy; [`Error::Database`].
    pub async fn ban(
        &self,
        actor: UserId,
        guild: GuildId,
        user: UserId,
        body: BanBody,
    ) -> Result<Banned, Error> {
        let sentence = Sentence::parse(body)?;
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| self.ban_in(tx, actor, guild, user, &sentence).await);
        let (banned, events) = done.await?;
        self.publish(events);
        Ok(banned)
    }

    async fn ban_in(
        &self,
        tx: &mut AsyncPgConnection,
        actor: UserId,
        guild: GuildId,
        user: UserId,
        sentence: &Sentence,
    ) -> Result<(Banned, Vec<Event>), Error> {
        let locked = LockedGuild::open(tx, &self.env, guild, actor, Permissions::BAN_MEMBERS).await?;
        let is_member = locked.may_act_on(tx, user).await?;
        let who = Parties::find(tx, actor, user).await?;
        let ban = Ban {
            guild_id: guild,
            user_id: user,
            moderator_id: actor,
            reason: sentence.reason.clone(),
            created_at: locked.now(),
            expires_at: sentence.lasts.map(|lasts| locked.now().plus(lasts)),
        };
        let mut events = Vec::new();
        if is_member {
            let by = Some(who.actor.username.clone());
            let notice = RemovalNotice::Ban { by, reason: ban.reason.clone(), until: ban.expires_at };
            events = locked.remove(tx, user, notice).await?;
        }
        locked.ban(tx, &ban).await?;
        self.purge_later(tx, &locked, user, sentence).await?;
        let entry = Entry::new(guild, actor, Action::MemberBan).on(user).because(ban.reason.clone());
        let days = sentence.deletes.map(|deletes| deletes.num_days());
        let after = json!({ "expiresAt": ban.expires_at, "deleteMessageDays": days });
        audit::record(tx, &self.env, [entry.to(after)]).await?;
        let banned = MemberBanned {
            server_id: guild,
            user_id: user,
            username: who.other.username.clone(),
            banned_by: who.actor.username,
            reason: ban.reason.clone(),
            expires_at: ban.expires_at,
        };
        events.extend(tell_holders(tx, &locked, Permissions::BAN_MEMBERS, None, &banned).await?);
        Ok((Banned { ban: BanView::new(ban, who.other), removed: is_member }, events))
    }

    /// Has the messages of the last days deleted.
    async fn purge_later(
        &self,
        tx: &mut AsyncPgConnection,
        locked: &LockedGuild,
        user: UserId,
        sentence: &Sentence,
    ) -> Result<(), Error> {
        let Some(deletes) = sentence.deletes else { return Ok(()) };
        let channels = locked.written(tx).await?;
        if channels.is_empty() {
            return Ok(());
        }
        let (since, until) = (locked.now().plus(-deletes), locked.now());
        let purge =
            NewPurge { id: self.env.id(), guild_id: locked.guild(), user_id: user, since, until, channels };
        Ok(purges::insert(tx, &purge).await?)
    }

    /// Lets somebody in again before their ban ends. Tells the moderators.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild or ban, no [`Permissions::BAN_MEMBERS`]; [`Error::Database`].
    pub async fn unban(&self, actor: UserId, guild: GuildId, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let permission = Permissions::BAN_MEMBERS;
            let locked = LockedGuild::open_mildly(tx, &self.env, guild, actor, permission).await?;
            let ban = locked.lift_ban(tx, user).await?;
            let entry = Entry::new(guild, actor, Action::MemberUnban).on(user);
            let before = json!({ "reason": ban.reason, "expiresAt": ban.expires_at });
            audit::record(tx, &self.env, [entry.from(before)]).await?;
            let by = Parties::find(tx, actor, user).await?.actor.username;
            let over = MemberUnbanned { server_id: guild, user_id: user, unbanned_by: Some(by) };
            tell_holders(tx, &locked, permission, None, &over).await
        });
        let events: Vec<Event> = done.await?;
        self.publish(events);
        Ok(())
    }

    /// A page of the bans in force, by user id, those after `after`.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild, no [`Permissions::BAN_MEMBERS`]; [`Error::Database`].
    pub async fn bans(
        &self,
        actor: UserId,
        guild: GuildId,
        after: Option<UserId>,
        limit: BansLimit,
    ) -> Result<Page<BanView>, Error> {
        let mut conn = self.pool.get().await?;
        locked::require(&mut conn, &self.env, guild, actor, Permissions::BAN_MEMBERS).await?;
        let rows = locked::bans_of(&mut conn, &self.env, guild, after, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let people = items.iter().map(|ban| ban.user_id).collect::<Vec<_>>();
        let mut cards = Identity::cards(&conn, &people).await?;
        let views = items.into_iter().filter_map(|ban| {
            let card = cards.remove(&ban.user_id)?;
            Some(BanView::new(ban, card))
        });
        Ok(Page { items: views.collect(), has_more })
    }
}
