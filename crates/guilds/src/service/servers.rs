//! Guilds as their members see them.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use kernel::{GuildId, Timestamp, UserId};

use super::{Guilds, seeing};
use crate::Error;
use crate::permissions::Standing;
use crate::policy::JOINED_MAX;
use crate::store::{guilds, standings};
use crate::view::{ChannelView, ServerView};

impl Guilds {
    /// The guilds that `user` is a member of, the first [`JOINED_MAX`], in the order of joining, each with the channels
    /// that they may view.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self, user: UserId) -> Result<Vec<ServerView>, Error> {
        let mut conn = self.pool.get().await?;
        let standings = standings::everywhere(&mut conn, user, JOINED_MAX, self.env.now()).await?;
        views(&mut conn, &standings).await
    }

    /// One of the guilds that `user` is a member of, with the channels that they may view and what they may do.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::Database`].
    pub async fn get(&self, user: UserId, guild: GuildId) -> Result<ServerView, Error> {
        let mut conn = self.pool.get().await?;
        let standing = standings::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let server = views(&mut conn, std::slice::from_ref(&standing)).await?.pop().ok_or(Error::NoGuild)?;
        let grounds = seeing::grounds(&mut conn, std::slice::from_ref(&standing)).await?;
        let channels = seeing::views(&grounds, &standing);
        Ok(ServerView { permissions: Some(standing.permissions()), channels, ..server })
    }
}

/// The guild as its member sees it.
pub(super) async fn one(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    member: UserId,
    now: Timestamp,
) -> Result<ServerView, Error> {
    let standings = standings::among(conn, &[guild], &[member], now).await?;
    views(conn, &standings).await?.pop().ok_or(Error::NoGuild)
}

/// One user's guilds as they see them, in the order of `standings`.
async fn views(conn: &mut AsyncPgConnection, standings: &[Standing]) -> Result<Vec<ServerView>, Error> {
    let ids = standings.iter().map(|standing| standing.guild).collect::<Vec<_>>();
    let guilds = guilds::by_ids(conn, &ids).await?.into_iter();
    let mut guilds = guilds.map(|(guild, code)| (guild.id, (guild, code))).collect::<HashMap<_, _>>();
    let grounds = seeing::grounds(conn, standings).await?;
    let views = standings.iter().filter_map(|standing| {
        // Deleted since the standings were read: it is left out.
        let (guild, code) = guilds.remove(&standing.guild)?;
        let seen = grounds.seen_by(standing).into_iter().enumerate();
        let channels = seen.map(|(place, (channel, _))| ChannelView::at(place, channel)).collect();
        Some(ServerView::new(guild, code, channels))
    });
    Ok(views.collect())
}
