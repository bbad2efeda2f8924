//! Telling in the guild itself who came and who left.

use kernel::{ChannelId, Grant, GuildId};

use super::Guilds;
use crate::store::{channels, guilds};
use crate::{ChannelKind, Error};

impl Guilds {
    /// The right to write in the guild's first text channel in the name of the guild: its owner's. `None` when it does
    /// not want that told, or has no text channel.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn announcer(&self, guild: GuildId) -> Result<Option<Grant>, Error> {
        let channel = {
            let mut conn = self.pool.get().await?;
            let row = guilds::by_id(&mut conn, guild).await?.filter(|guild| guild.system_messages);
            if row.is_none() {
                return Ok(None);
            }
            let all = channels::of(&mut conn, &[guild]).await?;
            let first = all.into_iter().find(|channel| channel.kind == ChannelKind::Text);
            first.map(|channel| channel.id)
        };
        match channel {
            Some(channel) => self.steward(guild, channel).await,
            None => Ok(None),
        }
    }

    /// The right to do in a channel what the guild itself does there: its owner's. `None` when either is gone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn steward(&self, guild: GuildId, channel: ChannelId) -> Result<Option<Grant>, Error> {
        let owner = guilds::owner(&mut *self.pool.get().await?, guild).await?;
        match owner {
            Some(owner) => Ok(self.access_many(owner, &[channel]).await?.remove(&channel)),
            None => Ok(None),
        }
    }
}
