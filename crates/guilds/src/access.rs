//! The one place where access to channels is proved.

use std::collections::HashMap;

use kernel::{Access, ChannelId, Denied, Fence, Grant, Permissions, UserId};

use crate::store::standings::{self, Door};
use crate::{Error, Guilds};

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
        let doors = standings::at_channels(&mut conn, user, channels, self.env.now()).await?;
        drop(conn);
        let written = doors.iter().filter(|door| door.kind.has_timeline());
        let grants = written.map(|door| (door, door.permissions()));
        let viewed = grants.filter(|(_, may)| may.contains(Permissions::VIEW_CHANNEL));
        let grants = viewed.map(|(door, may)| (door.channel, prove(door, may))).collect::<HashMap<_, _>>();
        grants.values().for_each(|grant| self.grants.remember(*grant));
        Ok(grants)
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

#[expect(clippy::disallowed_methods, reason = "the one place where guild access is proved")]
fn prove(door: &Door, permissions: Permissions) -> Grant {
    Grant::mint(Access {
        user: door.standing.user,
        timeline: door.channel.into(),
        scope: door.standing.guild.into(),
        version: door.version,
        permissions,
        visible_from: 1,
    })
}
