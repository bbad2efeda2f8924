//! The end of a channel.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ChannelId, Denied, Env, Event, Permissions, UserId};
use messaging::timeline;

use super::authority::{self, Actor};
use super::{Guilds, channel_log};
use crate::Error;
use crate::audit;
use crate::event::ring;
use crate::store::channels;

impl Guilds {
    /// Deletes the channel and closes its timeline: what was written there cannot be reached any more, and is removed
    /// by and by. The channels behind it move up; those in a category stand in none any more, and keep their overwrites.
    /// Tells those who could view it.
    ///
    /// # Errors
    /// [`Error::Denied`]: hidden when `user` may not view it, missing without [`Permissions::MANAGE_CHANNELS`] there;
    /// [`Error::Database`].
    pub async fn delete_channel(&self, user: UserId, channel: ChannelId) -> Result<(), Error> {
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let event =
            conn.transaction(async |tx| delete_channel_in(tx, &self.env, actor, channel).await).await?;
        self.publish([event]);
        Ok(())
    }
}

async fn delete_channel_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    channel: ChannelId,
) -> Result<Event, Error> {
    let (fence, member) = authority::at_channel(tx, actor, channel, Permissions::MANAGE_CHANNELS).await?;
    let before = channels::by_id(tx, channel).await?.ok_or(Denied::Hidden)?;
    channels::remove(tx, channel).await?;
    audit::record(tx, env, [channel_log::deleted(actor.user, &before)]).await?;
    if member.kind.has_timeline() {
        timeline::close(tx, &[channel.into()], actor.now).await?;
    }
    Ok(ring(member.membership.guild, fence))
}
