//! Channels as members see them.

use std::collections::HashMap;

use kernel::{ChannelId, GuildId, UserId};

use super::{Guilds, channel_views};
use crate::Error;
use crate::store::{channels, memberships};
use crate::view::ChannelView;

impl Guilds {
    /// The guild's channels that `user` may know of, by position, each with what they may do there.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::Database`].
    pub async fn channels(&self, user: UserId, guild: GuildId) -> Result<Vec<ChannelView>, Error> {
        let mut conn = self.pool.get().await?;
        let membership =
            memberships::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let channel_access =
            channel_views::channel_access(&mut conn, std::slice::from_ref(&membership)).await?;
        Ok(channel_views::views(&channel_access, &membership))
    }

    /// One channel that `user` may know of, of any kind.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`kernel::Denied::Hidden`] when there is none, or they may not view it;
    /// [`Error::Database`].
    pub async fn channel(&self, user: UserId, channel: ChannelId) -> Result<ChannelView, Error> {
        channel_views::channel(&mut *self.pool.get().await?, user, channel, self.env.now()).await
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
