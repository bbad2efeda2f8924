//! The end of a membership.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Timestamp, Topic, UserId};

use super::{Guilds, raise};
use crate::Error;
use crate::event::{KickedFromServer, MemberLeft, tell};
use crate::store::{members, standings};

/// Whose will it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parting {
    /// The member's own.
    Leave,
    /// Somebody else's.
    Removal,
}

impl Guilds {
    /// Ends the membership of `user`. Once this returns no message reaches them any more, and none is accepted from
    /// them. Tells the members and the user's sessions.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::OwnerCannotLeave`], [`Error::Database`].
    pub async fn leave(&self, user: UserId, guild: GuildId) -> Result<(), Error> {
        self.part(guild, user, Parting::Leave).await
    }

    /// Ends the membership of `user` against their will: the plain act behind a kick. Once this returns no message
    /// reaches them any more, and none is accepted from them. Tells the members and the user's sessions.
    ///
    /// Asks nobody's permission: the caller has checked that of whoever wants it, and that they stand above `user`.
    ///
    /// # Errors
    /// [`Error::NoMember`]; [`Error::OwnerCannotLeave`]: the owner is above everybody; [`Error::Database`].
    pub async fn remove_member(&self, guild: GuildId, user: UserId) -> Result<(), Error> {
        self.part(guild, user, Parting::Removal).await
    }

    async fn part(&self, guild: GuildId, user: UserId, parting: Parting) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let events = conn.transaction(async |tx| part_in(tx, guild, user, parting, now).await).await?;
        self.publish(events);
        Ok(())
    }
}

pub(super) async fn part_in(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    parting: Parting,
    now: Timestamp,
) -> Result<Vec<Event>, Error> {
    let stranger = || match parting {
        Parting::Leave => Error::NoGuild,
        Parting::Removal => Error::NoMember,
    };
    // Before the scope is locked, so that strangers cannot lock it.
    let standing = standings::one(tx, guild, user, now).await?.ok_or_else(stranger)?;
    if standing.is_owner() {
        return Err(Error::OwnerCannotLeave);
    }
    let fence = raise(tx, guild).await?;
    let name = members::remove(tx, guild, user).await?.ok_or_else(stranger)?;
    // That the server is gone for them, their sessions learn from the hub, which takes it from them.
    let mut events = vec![tell(Topic::Guild(guild), fence, MemberLeft { server_id: guild, user_id: user })?];
    if matches!(parting, Parting::Removal) {
        let kicked = KickedFromServer { server_id: guild, server_name: name };
        events.insert(0, tell(Topic::User(user), fence, kicked)?);
    }
    Ok(events)
}
