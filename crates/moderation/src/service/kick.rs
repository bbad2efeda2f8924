//! Removing a member, who may come back.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::audit::{self, Action, Entry};
use guilds::{LockedGuild, RemovalNotice};
use kernel::{Event, GuildId, Permissions, UserId};

use super::{Moderation, Parties, tell_holders};
use crate::Error;
use crate::event::MemberKicked;
use crate::input::{self, KickBody};

impl Moderation {
    /// Removes a member. Once this returns no message reaches them any more, and none is accepted from them. Tells them,
    /// the members and the moderators.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for oneself; [`Error::Guild`]: no such guild or member, no
    /// [`Permissions::KICK_MEMBERS`], the hierarchy; [`Error::Database`].
    pub async fn kick(
        &self,
        actor: UserId,
        guild: GuildId,
        member: UserId,
        body: KickBody,
    ) -> Result<(), Error> {
        let reason = input::reason(body.reason)?;
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| self.kick_in(tx, actor, guild, member, reason).await);
        self.publish(done.await?);
        Ok(())
    }

    async fn kick_in(
        &self,
        tx: &mut AsyncPgConnection,
        actor: UserId,
        guild: GuildId,
        member: UserId,
        reason: Option<String>,
    ) -> Result<Vec<Event>, Error> {
        let locked = LockedGuild::open(tx, &self.env, guild, actor, Permissions::KICK_MEMBERS).await?;
        if !locked.may_act_on(tx, member).await? {
            return Err(guilds::Error::NoMember.into());
        }
        let who = Parties::find(tx, actor, member).await?;
        let notice = RemovalNotice::Kick { by: Some(who.actor.username.clone()), reason: reason.clone() };
        let mut events = locked.remove(tx, member, notice).await?;
        let entry = Entry::new(guild, actor, Action::MemberKick).on(member).because(reason.clone());
        audit::record(tx, &self.env, [entry]).await?;
        let kicked = MemberKicked {
            server_id: guild,
            user_id: member,
            username: who.other.username,
            kicked_by: who.actor.username,
            reason,
        };
        events.extend(tell_holders(tx, &locked, Permissions::KICK_MEMBERS, None, &kicked).await?);
        Ok(events)
    }
}
