//! Channels as members see them.

use std::collections::HashMap;

use kernel::{ChannelId, GuildId, UserId};

use super::{Guilds, seeing};
use crate::Error;
use crate::store::{channels, standings};
use crate::view::ChannelView;

impl Guilds {
    /// The guild's channels that `user` may know of, by position, each with what they may do there.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::Database`].
    pub async fn channels(&self, user: UserId, guild: GuildId) -> Result<Vec<ChannelView>, Error> {
        let mut conn = self.pool.get().await?;
        let standing = standings::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let grounds = seeing::grounds(&mut conn, std::slice::from_ref(&standing)).await?;
        Ok(seeing::views(&grounds, &standing))
    }

    /// One channel that `user` may know of, of any kind.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`kernel::Denied::Hidden`] when there is none, or they may not view it;
    /// [`Error::Database`].
    pub async fn channel(&self, user: UserId, channel: ChannelId) -> Result<ChannelView, Error> {
        seeing::channel(&mut *self.pool.get().await?, user, channel, self.env.now()).await
    }

    /// Those of the channels that exist, as they are for everybody: without a position and permissions. For hubs, which
    /// know who may view them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn channel_cards(&self, ids: &[ChannelId]) -> Result<HashMap<ChannelId, ChannelView>, Error> {
        let mut conn = self.pool.get().await?;
        let found = channels::by_ids(&mut conn, ids).await?;
        Ok(found.into_iter().map(|channel| (channel.id, ChannelView::from(channel))).collect())
    }
}
