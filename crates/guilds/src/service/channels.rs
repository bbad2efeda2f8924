//! Channels as members see them.

use kernel::{ChannelId, Denied, GuildId, UserId};

use super::Guilds;
use crate::Error;
use crate::store::{channels, standings};
use crate::view::ChannelView;

impl Guilds {
    /// The guild's channels that `user` may view, by position.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::Database`].
    pub async fn channels(&self, user: UserId, guild: GuildId) -> Result<Vec<ChannelView>, Error> {
        let mut conn = self.pool.get().await?;
        let standing = standings::one(&mut conn, guild, user).await?.ok_or(Error::NoGuild)?;
        let mut channels = channels::of(&mut conn, &[guild]).await?;
        channels.retain(|channel| standing.views(channel.kind));
        Ok(channels.into_iter().map(ChannelView::from).collect())
    }

    /// One channel that `user` may view, of any kind.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when there is none, or they may not view it; [`Error::Database`].
    pub async fn channel(&self, user: UserId, channel: ChannelId) -> Result<ChannelView, Error> {
        let mut conn = self.pool.get().await?;
        let doors = standings::at_channels(&mut conn, user, &[channel]).await?;
        // Also for whom it is hidden: what is missing takes as long.
        let found = channels::by_id(&mut conn, channel).await?;
        let viewed = found.filter(|_| doors.iter().any(|door| door.standing.views(door.kind)));
        viewed.map(ChannelView::from).ok_or(Error::Denied(Denied::Hidden))
    }
}
