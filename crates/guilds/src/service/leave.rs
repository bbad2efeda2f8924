//! The end of a membership.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Timestamp, Topic, UserId};

use super::{Guilds, LockedGuild, RemovalNotice, raise};
use crate::Error;
use crate::event::{MemberLeft, tell};
use crate::store::{members, memberships};

impl Guilds {
    /// Ends the membership of `user`. Once this returns no message reaches them any more, and none is accepted from
    /// them. Tells the members and the user's sessions.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::OwnerCannotLeave`], [`Error::Database`].
    pub async fn leave(&self, user: UserId, guild: GuildId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let now = self.env.now();
        let event = conn.transaction(async |tx| leave_in(tx, guild, user, now).await).await?;
        self.publish([event]);
        Ok(())
    }

    /// Ends the membership of `user` against their will. Once this returns no message reaches them any more, and none is
    /// accepted from them. Tells the members and the user's sessions.
    ///
    /// Asks nobody's permission: the caller has checked that of whoever wants it, and that they stand above `user`.
    ///
    /// # Errors
    /// [`Error::NoMember`]; [`Error::OwnerCannotLeave`]: the owner is above everybody; [`Error::Database`].
    pub async fn remove_member(&self, guild: GuildId, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let removed = conn.transaction(async |tx| {
            let membership =
                memberships::one(tx, guild, user, self.env.now()).await?.ok_or(Error::NoMember)?;
            if membership.is_owner() {
                return Err(Error::OwnerCannotLeave);
            }
            let locked = LockedGuild::unattended(tx, &self.env, guild).await?;
            locked.remove(tx, user, RemovalNotice::Kick { by: None, reason: None }).await
        });
        self.publish(removed.await?);
        Ok(())
    }
}

/// Ends the membership by the member's own will. The event is to be published when the transaction is committed.
pub(super) async fn leave_in(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> Result<Event, Error> {
    // Before the scope is locked, so that strangers cannot lock it.
    let membership = memberships::one(tx, guild, user, now).await?.ok_or(Error::NoGuild)?;
    if membership.is_owner() {
        return Err(Error::OwnerCannotLeave);
    }
    let fence = raise(tx, guild).await?;
    if members::remove(tx, guild, user).await?.is_none() {
        // Somebody gave them the server meanwhile, or they are gone already.
        let here = members::contains(tx, guild, user).await?;
        return Err(if here { Error::OwnerCannotLeave } else { Error::NoGuild });
    }
    // That the server is gone for them, their sessions learn from the hub, which takes it from them.
    Ok(tell(Topic::Guild(guild), fence, MemberLeft { server_id: guild, user_id: user })?)
}
