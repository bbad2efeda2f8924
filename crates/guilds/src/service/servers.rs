//! Guilds as their members see them.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use kernel::{GuildId, RoleId, Timestamp, UserId};

use super::{Guilds, channel_views};
use crate::Error;
use crate::permissions::Membership;
use crate::policy::JOINED_MAX;
use crate::store::{guilds, memberships};
use crate::view::{ChannelView, ServerView};

impl Guilds {
    /// The guilds that `user` is a member of, the first [`JOINED_MAX`], in the order of joining, each with the channels
    /// that they may view.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self, user: UserId) -> Result<Vec<ServerView>, Error> {
        Ok(self.beginning(user).await?.0)
    }

    /// As [`Self::list`], and the roles that `user` has there: where a session begins.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn beginning(&self, user: UserId) -> Result<(Vec<ServerView>, Vec<RoleId>), Error> {
        let mut conn = self.pool.get().await?;
        let memberships = memberships::everywhere(&mut conn, user, JOINED_MAX, self.env.now()).await?;
        let held = memberships.iter().flat_map(|membership| &membership.roles);
        let roles = held.filter(|held| held.position > 0).map(|held| held.id).collect();
        Ok((views(&mut conn, &memberships).await?, roles))
    }

    /// One of the guilds that `user` is a member of, with the channels that they may view and what they may do.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when they are no member; [`Error::Database`].
    pub async fn get(&self, user: UserId, guild: GuildId) -> Result<ServerView, Error> {
        let mut conn = self.pool.get().await?;
        let membership =
            memberships::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let server =
            views(&mut conn, std::slice::from_ref(&membership)).await?.pop().ok_or(Error::NoGuild)?;
        let channel_access =
            channel_views::channel_access(&mut conn, std::slice::from_ref(&membership)).await?;
        let channels = channel_views::views(&channel_access, &membership);
        Ok(ServerView { permissions: Some(membership.permissions()), channels, ..server })
    }
}

/// The guild as its member sees it.
pub(super) async fn one(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    member: UserId,
    now: Timestamp,
) -> Result<ServerView, Error> {
    let memberships = memberships::among(conn, &[guild], &[member], now).await?;
    views(conn, &memberships).await?.pop().ok_or(Error::NoGuild)
}

/// One user's guilds as they see them, in the order of `memberships`.
async fn views(conn: &mut AsyncPgConnection, memberships: &[Membership]) -> Result<Vec<ServerView>, Error> {
    let ids = memberships.iter().map(|membership| membership.guild).collect::<Vec<_>>();
    let guilds = guilds::by_ids(conn, &ids).await?.into_iter();
    let mut guilds = guilds.map(|(guild, code)| (guild.id, (guild, code))).collect::<HashMap<_, _>>();
    let channel_access = channel_views::channel_access(conn, memberships).await?;
    let views = memberships.iter().filter_map(|membership| {
        // Deleted since the memberships were read: it is left out.
        let (guild, code) = guilds.remove(&membership.guild)?;
        let seen = channel_access.seen_by(membership).into_iter().enumerate();
        let channels = seen.map(|(place, (channel, _))| ChannelView::at(place, channel)).collect();
        Some(ServerView::new(guild, code, channels))
    });
    Ok(views.collect())
}
