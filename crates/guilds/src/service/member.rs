//! One member of a guild.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::Identity;
use kernel::{Event, GuildId, Permissions, Topic, UserId};
use serde_json::json;

use super::{Guilds, authority, fence};
use crate::Error;
use crate::audit::{self, Action, Entry};
use crate::event::{MemberUpdated, tell};
use crate::input::{MemberChange, UpdateMemberBody};
use crate::model::Member;
use crate::store::{guilds, members, memberships, roles};
use crate::view::MemberView;

impl Guilds {
    /// A member, as the other members see them.
    ///
    /// # Errors
    /// [`Error::NoGuild`] when `user` is no member; [`Error::NoMember`], [`Error::Database`].
    pub async fn member(&self, user: UserId, guild: GuildId, of: UserId) -> Result<MemberView, Error> {
        let mut conn = self.pool.get().await?;
        let caller = memberships::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let rows = members::of(&mut conn, guild, &[of]).await?;
        views(&mut conn, guild, rows, caller.owner).await?.pop().ok_or(Error::NoMember)
    }

    /// Changes a member: oneself, or somebody whose highest role is below one's own. Tells the members.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] when `user` is no member; [`Error::NoMember`]; of others [`Error::Denied`]
    /// without [`Permissions::MANAGE_NICKNAMES`], [`Error::Hierarchy`]; [`Error::Database`].
    pub async fn update_member(
        &self,
        user: UserId,
        guild: GuildId,
        of: UserId,
        body: UpdateMemberBody,
    ) -> Result<MemberView, Error> {
        let change = MemberChange::parse(body)?;
        let mut conn = self.pool.get().await?;
        let done =
            conn.transaction(async |tx| self.update_member_in(tx, user, guild, of, &change).await).await;
        let (member, events) = done?;
        self.publish(events);
        Ok(member)
    }

    async fn update_member_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: GuildId,
        of: UserId,
        change: &MemberChange,
    ) -> Result<(MemberView, Vec<Event>), Error> {
        if !guilds::lock_for(tx, guild, user).await? {
            return Err(Error::NoGuild);
        }
        if user != of {
            let actor = self.actor(user, false);
            let actor = authority::membership(tx, actor, guild, Permissions::MANAGE_NICKNAMES).await?;
            let other = memberships::one(tx, guild, of, self.env.now()).await?.ok_or(Error::NoMember)?;
            if !actor.outranks(&other) {
                return Err(Error::Hierarchy);
            }
        }
        let before = members::of(tx, guild, &[of]).await?.pop().ok_or(Error::NoMember)?;
        let nickname = change.nickname.clone().unwrap_or_else(|| before.nickname.clone());
        let mut events = Vec::new();
        if nickname != before.nickname {
            members::rename(tx, guild, of, nickname.as_deref()).await?;
            if user != of {
                let entry = Entry::new(guild, user, Action::MemberUpdate).on(of);
                let entry = entry.from(json!({ "nickname": before.nickname }));
                audit::record(tx, &self.env, [entry.to(json!({ "nickname": nickname }))]).await?;
            }
            events = updated(tx, guild, &[of]).await?;
        }
        let owner = guilds::owner(tx, guild).await?.ok_or(Error::NoGuild)?;
        let rows = members::of(tx, guild, &[of]).await?;
        let view = views(tx, guild, rows, owner).await?.pop().ok_or(Error::NoMember)?;
        Ok((view, events))
    }
}

/// Tells the members what some of them look like now.
pub(super) async fn updated(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    who: &[UserId],
) -> Result<Vec<Event>, Error> {
    let owner = guilds::owner(tx, guild).await?.ok_or(Error::NoGuild)?;
    let rows = members::of(tx, guild, who).await?;
    let fence = fence(tx, guild).await?;
    let views = views(tx, guild, rows, owner).await?.into_iter();
    let tell = |member| tell(Topic::Guild(guild), fence, MemberUpdated { server_id: guild, member });
    Ok(views.map(tell).collect::<Result<_, _>>()?)
}

/// Members as the others see them, in their order. Without those whose account is gone.
pub(super) async fn views(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    members: Vec<Member>,
    owner: UserId,
) -> Result<Vec<MemberView>, Error> {
    let ids = members.iter().map(|member| member.user_id).collect::<Vec<_>>();
    let mut cards = Identity::cards(conn, &ids).await?;
    let mut held = roles::held(conn, guild, &ids).await?;
    let views = members.into_iter().filter_map(|member| {
        let card = cards.remove(&member.user_id)?;
        let roles = held.remove(&member.user_id).unwrap_or_default();
        Some(MemberView::new(member, card, owner, roles))
    });
    Ok(views.collect())
}
