//! What hubs ask: who may see what, at which access version.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{ChannelId, GuildId, Permissions, RoleId, UserId, Version};
use messaging::fence;

use super::{Guilds, channel_views};
use crate::permissions::Membership;
use crate::policy::JOINED_MAX;
use crate::store::{members, memberships};
use crate::visibility::{ChannelAccess, VisibleChannels};
use crate::{ChannelKind, Error};

impl Guilds {
    /// The guilds that `user` is a member of, the first [`JOINED_MAX`], each with a version of its scope at which they
    /// were: a later loss of the membership has a higher one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn scopes_of(&self, user: UserId) -> Result<Vec<(GuildId, Version)>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(members::scopes(&mut conn, user, JOINED_MAX).await?)
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
        let (mut conn, now) = (self.pool.get().await?, self.env.now());
        let memberships = match guilds {
            Some(guilds) => memberships::among(&mut conn, guilds, &[user], now).await?,
            None => memberships::everywhere(&mut conn, user, JOINED_MAX, now).await?,
        };
        let channel_access = channel_views::channel_access(&mut conn, &memberships).await?;
        let visible = memberships
            .iter()
            .map(|membership| (membership.guild, channel_access.visible_to(membership).written().collect()));
        Ok(visible.collect())
    }

    /// The channels that `user` may view and people can talk in, voice channels and those with timelines, of each guild that
    /// they are a member of: of those in `guilds`, or of the first [`JOINED_MAX`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn talk_channels(
        &self,
        user: UserId,
        guilds: Option<&[GuildId]>,
    ) -> Result<HashMap<GuildId, Vec<ChannelId>>, Error> {
        let (mut conn, now) = (self.pool.get().await?, self.env.now());
        let memberships = match guilds {
            Some(guilds) => memberships::among(&mut conn, guilds, &[user], now).await?,
            None => memberships::everywhere(&mut conn, user, JOINED_MAX, now).await?,
        };
        let channel_access = channel_views::channel_access(&mut conn, &memberships).await?;
        let visible = memberships.iter().map(|membership| {
            let seen = channel_access.seen_by(membership).into_iter();
            let talk = seen.filter(|(channel, may)| {
                let kind = channel.kind;
                (kind == ChannelKind::Voice || kind.has_timeline()) && may.contains(Permissions::VIEW_CHANNEL)
            });
            (membership.guild, talk.map(|(channel, _)| channel.id).collect())
        });
        Ok(visible.collect())
    }

    /// For each of `users` who is a member of the guild: the channels that they may know of. The version is that of the
    /// guild's scope, read before all else: what is lost later has a higher one. A guild that was deleted has a version
    /// and nobody who sees it.
    ///
    /// # Errors
    /// [`Error::NoGuild`] when there never was one; [`Error::Database`].
    pub async fn viewers(
        &self,
        guild: GuildId,
        users: &[UserId],
    ) -> Result<(Version, HashMap<UserId, Arc<VisibleChannels>>), Error> {
        let mut conn = self.pool.get().await?;
        let version = fence::version(&mut conn, guild.into()).await?.ok_or(Error::NoGuild)?;
        let memberships = memberships::among(&mut conn, &[guild], users, self.env.now()).await?;
        let channel_access = channel_views::channel_access(&mut conn, &memberships).await?;
        let mut known = HashMap::new();
        let mut visible = |membership| {
            Arc::clone(
                known
                    .entry(Sort::of(&channel_access, membership))
                    .or_insert_with(|| Arc::new(channel_access.visible_to(membership))),
            )
        };
        let viewers = memberships.iter().map(|membership| (membership.user, visible(membership)));
        Ok((version, viewers.collect()))
    }
}

/// Members of one sort see the same: most members of a large guild are of a few sorts.
#[derive(PartialEq, Eq, Hash)]
struct Sort {
    owner: bool,
    timed_out: bool,
    roles: Vec<RoleId>,
    /// Whom a channel allows or denies something in person is of a sort of their own.
    person: Option<UserId>,
}

impl Sort {
    fn of(channel_access: &ChannelAccess, membership: &Membership) -> Self {
        let mut roles = membership.roles.iter().map(|held| held.id).collect::<Vec<_>>();
        roles.sort_unstable();
        let person = channel_access.has_personal(membership.user).then_some(membership.user);
        Self { owner: membership.is_owner(), timed_out: membership.timed_out.is_some(), roles, person }
    }
}
