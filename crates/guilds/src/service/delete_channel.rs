//! The end of a channel.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ChannelId, Denied, Event, Permissions, Timestamp, Topic, UserId};
use messaging::timeline;

use super::{Guilds, raise};
use crate::Error;
use crate::event::{ChannelDeleted, tell};
use crate::store::standings::{self, Door};
use crate::store::{channels, guilds};

impl Guilds {
    /// Deletes the channel and closes its timeline: what was written there cannot be reached any more, and is removed
    /// by and by. The channels behind it move up. Tells the members.
    ///
    /// # Errors
    /// [`Error::Denied`]: [`Denied::Hidden`] when `user` may not view it, [`Denied::Missing`] without
    /// [`Permissions::MANAGE_CHANNELS`]; [`Error::Database`].
    pub async fn delete_channel(&self, user: UserId, channel: ChannelId) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let event = conn.transaction(async |tx| delete_channel_in(tx, user, channel, now).await).await?;
        self.publish([event]);
        Ok(())
    }
}

async fn delete_channel_in(
    tx: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    now: Timestamp,
) -> Result<Event, Error> {
    // Before the scope is locked, so that nobody else can lock it; and again since, when nothing changes any more.
    let guild = managed(tx, user, channel).await?.standing.guild;
    let fence = raise(tx, guild).await?;
    if !guilds::lock_for(tx, guild, user).await? {
        return Err(Denied::Hidden.into());
    }
    let door = managed(tx, user, channel).await?;
    channels::remove(tx, channel).await?;
    if door.kind.has_timeline() {
        timeline::close(tx, &[channel.into()], now).await?;
    }
    Ok(tell(Topic::Guild(guild), fence, ChannelDeleted { channel_id: channel, server_id: guild })?)
}

/// The user before the channel, if they may delete it.
async fn managed(tx: &mut AsyncPgConnection, user: UserId, channel: ChannelId) -> Result<Door, Error> {
    let door = standings::at_channels(tx, user, &[channel]).await?.pop();
    let door = door.filter(|door| door.standing.views(door.kind)).ok_or(Denied::Hidden)?;
    if !door.standing.in_channel(door.kind).contains(Permissions::MANAGE_CHANNELS) {
        return Err(Denied::Missing(Permissions::MANAGE_CHANNELS).into());
    }
    Ok(door)
}
