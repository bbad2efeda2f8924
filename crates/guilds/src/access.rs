//! The one place where access to channels is proved.

use std::collections::HashMap;

use kernel::{Access, ChannelId, Denied, Grant, ScopeId, UserId, Version};
use messaging::fence;

use crate::store::{channels, standings};
use crate::{Error, Guilds};

impl Guilds {
    /// What `user` may do in the timeline of `channel`.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when there is no such channel, no message is ever written there (voice,
    /// category), the user is no member, or may not view it: the same answer after the same queries.
    /// [`Error::Database`].
    pub async fn access(&self, user: UserId, channel: ChannelId) -> Result<Grant, Error> {
        let mut grants = self.access_many(user, &[channel]).await?;
        grants.remove(&channel).ok_or(Error::Denied(Denied::Hidden))
    }

    /// What `user` may do in the timelines of several channels, of any guilds. Channels that [`Self::access`] would
    /// refuse are left out. The number of queries does not depend on the number of channels.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_many(
        &self,
        user: UserId,
        channels: &[ChannelId],
    ) -> Result<HashMap<ChannelId, Grant>, Error> {
        let mut conn = self.pool.get().await?;
        // A channel never changes its guild, so this may be read before the version.
        let scopes = channels::guilds_of(&mut conn, channels).await?;
        let scopes = scopes.into_iter().map(ScopeId::from).collect::<Vec<_>>();
        // Before all that permissions are computed from: a change in between makes a grant stale, never wrong.
        let versions = fence::versions(&mut conn, &scopes).await?.into_iter().collect::<HashMap<_, _>>();
        // Also when no channel was found: what is missing takes as long as what is hidden.
        let doors = standings::at_channels(&mut conn, user, channels).await?;
        let grants = doors.iter().filter(|door| door.kind.has_timeline() && door.standing.views(door.kind));
        let grants = grants.filter_map(|door| {
            let version = versions.get(&door.standing.guild.into())?;
            Some((door.channel, prove(door, *version)))
        });
        Ok(grants.collect())
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where guild access is proved")]
fn prove(door: &standings::Door, version: Version) -> Grant {
    Grant::mint(Access {
        user: door.standing.user,
        timeline: door.channel.into(),
        scope: door.standing.guild.into(),
        version,
        permissions: door.standing.in_channel(door.kind),
        visible_from: 1,
    })
}
