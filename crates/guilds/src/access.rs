//! The one place where access to channels is proved.

use std::collections::HashMap;

use kernel::{Access, ChannelId, Denied, Fence, Grant, GuildId, Permissions, ScopeId, UserId, Version};
use messaging::fence;

use crate::permissions::Membership;
use crate::policy::JOINED_MAX;
use crate::service::channel_views;
use crate::store::memberships::{self, MemberAtChannel};
use crate::{ChannelKind, Error, Guilds};

impl Guilds {
    /// What `user` may do in the timeline of `channel`.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when there is no such channel, no message is ever written there (voice,
    /// category), the user is no member, or may not view it: the same answer after the same query.
    /// [`Error::Database`].
    pub async fn access(&self, user: UserId, channel: ChannelId) -> Result<Grant, Error> {
        let mut grants = self.access_many(user, &[channel]).await?;
        let grant = grants.remove(&channel);
        if grant.is_none() {
            self.grants.forget(user, channel.into());
        }
        grant.ok_or(Error::Denied(Denied::Hidden))
    }

    /// What `user` may do in the timelines of several channels, of any guilds. Channels that [`Self::access`] would
    /// refuse are left out. One statement, so the version and what permissions are computed from are of one moment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_many(
        &self,
        user: UserId,
        channels: &[ChannelId],
    ) -> Result<HashMap<ChannelId, Grant>, Error> {
        let mut conn = self.pool.get().await?;
        let members = memberships::at_channels(&mut conn, user, channels, self.env.now()).await?;
        drop(conn);
        let written = members.iter().filter(|member| member.kind.has_timeline());
        let grants = written.map(|member| (member, member.permissions()));
        let viewed = grants.filter(|(_, may)| may.contains(Permissions::VIEW_CHANNEL));
        let grants =
            viewed.map(|(member, may)| (member.channel, prove(member, may))).collect::<HashMap<_, _>>();
        grants.values().for_each(|grant| self.grants.remember(*grant));
        Ok(grants)
    }

    /// The channels whose past `user` may read, in the order of joining guilds and of the channels in them, each with its
    /// name and what they may do there: of `guild`, or of the first [`JOINED_MAX`]. A constant number of statements.
    ///
    /// # Errors
    /// [`Error::NoGuild`] when they are no member of `guild`; [`Error::Database`].
    pub async fn readable(
        &self,
        user: UserId,
        guild: Option<GuildId>,
    ) -> Result<Vec<(String, Grant)>, Error> {
        let (mut conn, now) = (self.pool.get().await?, self.env.now());
        let guilds = match guild {
            Some(guild) => vec![guild],
            None => {
                let joined = memberships::everywhere(&mut conn, user, JOINED_MAX, now).await?;
                joined.into_iter().map(|membership| membership.guild).collect()
            }
        };
        let scopes = guilds.iter().copied().map(ScopeId::from).collect::<Vec<_>>();
        let versions = fence::versions(&conn, &scopes).await?.into_iter().collect::<HashMap<_, _>>();
        // Once more, since the versions were read: what was taken away in between has a higher one.
        let mut memberships = memberships::among(&mut conn, &guilds, &[user], now).await?;
        memberships.sort_by_key(|membership| guilds.iter().position(|guild| *guild == membership.guild));
        if guild.is_some() && memberships.is_empty() {
            return Err(Error::NoGuild);
        }
        let channel_access = channel_views::channel_access(&mut conn, &memberships).await?;
        let mut readable = Vec::new();
        for membership in &memberships {
            let Some(version) = versions.get(&membership.guild.into()) else { continue };
            let seen = channel_access.seen_by(membership).into_iter();
            let past = Permissions::VIEW_CHANNEL | Permissions::READ_HISTORY;
            let read = seen.filter(|(channel, may)| channel.kind.has_timeline() && may.contains(past));
            readable.extend(
                read.map(|(channel, may)| {
                    (channel.name.clone(), grant(membership, channel.id, *version, may))
                }),
            );
        }
        Ok(readable)
    }

    /// What `user` may do in a voice channel.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when there is no such voice channel, the user is no member, or may not view
    /// it: the same answer after the same query. [`Error::Database`].
    pub async fn voice_access(&self, user: UserId, channel: ChannelId) -> Result<Grant, Error> {
        let mut conn = self.pool.get().await?;
        let member = memberships::at_channel(&mut conn, user, channel, self.env.now()).await?;
        let member = member.filter(|member| member.kind == ChannelKind::Voice).ok_or(Denied::Hidden)?;
        let may = member.permissions();
        if !may.contains(Permissions::VIEW_CHANNEL) {
            return Err(Denied::Hidden.into());
        }
        Ok(prove(&member, may))
    }

    /// What some users may do in voice channels of one guild, one channel each, and the version of its scope at which they
    /// may. Who is no member, or may not view the channel, is left out. A constant number of statements.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn voice_access_among(
        &self,
        guild: GuildId,
        people: &HashMap<UserId, ChannelId>,
    ) -> Result<(Version, HashMap<UserId, Grant>), Error> {
        let mut conn = self.pool.get().await?;
        // Before what permissions are computed from.
        let version = fence::version(&mut conn, guild.into()).await?.unwrap_or(Version::MAX);
        let users = people.keys().copied().collect::<Vec<_>>();
        let memberships = memberships::among(&mut conn, &[guild], &users, self.env.now()).await?;
        let access = channel_views::channel_access(&mut conn, &memberships).await?;
        let grants = memberships.iter().filter_map(|membership| {
            let channel = people.get(&membership.user)?;
            let seen = access.seen_by(membership);
            let (_, may) = seen.into_iter().find(|(seen, _)| seen.id == *channel)?;
            let viewed = may.contains(Permissions::VIEW_CHANNEL);
            viewed.then(|| (membership.user, grant(membership, *channel, version, may)))
        });
        Ok((version, grants.collect()))
    }

    /// A grant that was made before and is not known to be outdated, from memory. It may be outdated all the same: only
    /// for what compares its version with the scope's before it does or tells anything, as all of `Messaging` does that
    /// takes a proof. What it does not give, [`Self::access`] may.
    pub fn recall(&self, user: UserId, channel: ChannelId) -> Option<Grant> {
        self.grants.recall(user, channel.into())
    }

    /// This process heard of a scope's version: grants of an older one are not recalled any more.
    pub fn heard(&self, fence: Fence) {
        self.grants.heard(fence);
    }
}

fn prove(member: &MemberAtChannel, permissions: Permissions) -> Grant {
    grant(&member.membership, member.channel, member.version, permissions).silenced(member.silence())
}

#[expect(clippy::disallowed_methods, reason = "the one place where guild access is proved")]
fn grant(membership: &Membership, channel: ChannelId, version: Version, permissions: Permissions) -> Grant {
    Grant::mint(Access {
        user: membership.user,
        timeline: channel.into(),
        scope: membership.guild.into(),
        version,
        permissions,
        visible_from: 1,
    })
}
