//! The end of a guild.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Timestamp, Topic, UserId};
use messaging::timeline;

use super::{Guilds, raise};
use crate::Error;
use crate::event::{ServerDeleted, tell};
use crate::store::{channels, guilds, memberships};

impl Guilds {
    /// Deletes the guild with its channels, roles, memberships and invites, and closes its timelines: what was written
    /// there cannot be reached any more, and is removed by and by. Tells the members.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::NotTheOwner`], [`Error::Database`].
    pub async fn delete(&self, user: UserId, guild: GuildId) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let event = conn.transaction(async |tx| delete_in(tx, user, guild, now).await).await?;
        self.publish([event]);
        Ok(())
    }
}

pub(super) async fn delete_in(
    tx: &mut AsyncPgConnection,
    user: UserId,
    guild: GuildId,
    now: Timestamp,
) -> Result<Event, Error> {
    // Before the scope is locked, so that nobody else can lock it.
    let membership = memberships::one(tx, guild, user, now).await?.ok_or(Error::NoGuild)?;
    if !membership.is_owner() {
        return Err(Error::NotTheOwner);
    }
    let fence = raise(tx, guild).await?;
    if !guilds::lock_owned(tx, guild, user).await? {
        return Err(Error::NoGuild);
    }
    // Since the guild is locked there are no others.
    let written = channels::written(tx, guild).await?;
    guilds::delete(tx, guild).await?;
    let timelines = written.into_iter().map(Into::into).collect::<Vec<_>>();
    timeline::close(tx, &timelines, now).await?;
    Ok(tell(Topic::Guild(guild), fence, ServerDeleted { server_id: guild })?)
}
