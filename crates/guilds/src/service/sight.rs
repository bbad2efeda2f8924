//! What hubs ask: who may see what, at which access version.

use std::collections::{HashMap, HashSet};

use kernel::{ChannelId, GuildId, UserId, Version};
use messaging::fence;

use super::Guilds;
use crate::Error;
use crate::policy::JOINED_MAX;
use crate::store::{channels, standings};

impl Guilds {
    /// The guilds that `user` is a member of, the first [`JOINED_MAX`], each with a version of its scope at which they
    /// were: a later loss of the membership has a higher one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn scopes_of(&self, user: UserId) -> Result<Vec<(GuildId, Version)>, Error> {
        let mut conn = self.pool.get().await?;
        let candidates = standings::everywhere(&mut conn, user, JOINED_MAX).await?;
        let scopes = candidates.iter().map(|standing| standing.guild.into()).collect::<Vec<_>>();
        let versions = fence::versions(&mut conn, &scopes).await?.into_iter().collect::<HashMap<_, _>>();
        // Once more, since the versions were read: they may have left in between.
        let standings = standings::everywhere(&mut conn, user, JOINED_MAX).await?;
        let guilds = standings.iter().map(|standing| standing.guild);
        Ok(guilds.filter_map(|guild| Some((guild, *versions.get(&guild.into())?))).collect())
    }

    /// The channels with timelines that `user` may view, by position, of each guild that they are a member of: of those
    /// of `guilds`, or of the first [`JOINED_MAX`]. A guild that is not in the answer is not theirs.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn visible_channels(
        &self,
        user: UserId,
        guilds: Option<&[GuildId]>,
    ) -> Result<HashMap<GuildId, Vec<ChannelId>>, Error> {
        let mut conn = self.pool.get().await?;
        let standings = match guilds {
            Some(guilds) => standings::among(&mut conn, guilds, &[user]).await?,
            None => standings::everywhere(&mut conn, user, JOINED_MAX).await?,
        };
        let ids = standings.iter().map(|standing| standing.guild).collect::<Vec<_>>();
        let mut visible = ids.iter().map(|guild| (*guild, Vec::new())).collect::<HashMap<_, Vec<_>>>();
        let standings =
            standings.iter().map(|standing| (standing.guild, standing)).collect::<HashMap<_, _>>();
        for channel in channels::written(&mut conn, &ids).await? {
            if standings.get(&channel.guild).is_some_and(|standing| standing.views(channel.kind)) {
                visible.entry(channel.guild).or_default().push(channel.id);
            }
        }
        Ok(visible)
    }

    /// For each of `users` who is a member of the guild: the channels with timelines that they may view. The version is
    /// that of the guild's scope, read before all else: what is lost later has a higher one. A guild that was deleted
    /// has a version and nobody who sees it.
    ///
    /// # Errors
    /// [`Error::NoGuild`] when there never was one; [`Error::Database`].
    pub async fn viewers(
        &self,
        guild: GuildId,
        users: &[UserId],
    ) -> Result<(Version, HashMap<UserId, HashSet<ChannelId>>), Error> {
        let mut conn = self.pool.get().await?;
        let version = fence::version(&mut conn, guild.into()).await?.ok_or(Error::NoGuild)?;
        let standings = standings::among(&mut conn, &[guild], users).await?;
        let channels = channels::written(&mut conn, &[guild]).await?;
        let viewers = standings.iter().map(|standing| {
            let viewed = channels.iter().filter(|channel| standing.views(channel.kind));
            (standing.user, viewed.map(|channel| channel.id).collect())
        });
        Ok((version, viewers.collect()))
    }
}
