//! What somebody may know of a guild's channels. Pure.

use std::collections::{HashMap, HashSet};

use kernel::{ChannelId, GuildId, Permissions, UserId};
use uuid::Uuid;

use crate::ChannelKind;
use crate::model::{Channel, OverwriteRow};
use crate::permissions::{Membership, Overwrite};

/// The channels of a guild that somebody may know of, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VisibleChannels(Vec<(ChannelId, ChannelKind)>);

impl VisibleChannels {
    /// Whether the channel is among them.
    pub fn contains(&self, channel: ChannelId) -> bool {
        self.0.iter().any(|(id, _)| *id == channel)
    }

    /// All of them.
    pub fn channels(&self) -> impl Iterator<Item = ChannelId> {
        self.0.iter().map(|(id, _)| *id)
    }

    /// Those in which messages are written.
    pub fn written(&self) -> impl Iterator<Item = ChannelId> {
        self.0.iter().filter(|(_, kind)| kind.has_timeline()).map(|(id, _)| *id)
    }
}

impl FromIterator<(ChannelId, ChannelKind)> for VisibleChannels {
    fn from_iter<T: IntoIterator<Item = (ChannelId, ChannelKind)>>(channels: T) -> Self {
        Self(channels.into_iter().collect())
    }
}

/// The channels of some guilds with what is allowed and denied there.
#[derive(Debug)]
pub(crate) struct ChannelAccess {
    channels: HashMap<GuildId, Vec<Channel>>,
    overwrites: HashMap<ChannelId, Vec<Overwrite>>,
    /// Members to whom a channel allows or denies something in person.
    persons: HashSet<Uuid>,
}

impl ChannelAccess {
    pub(crate) fn new(channels: Vec<Channel>, overwrites: &[OverwriteRow]) -> Self {
        let persons = overwrites.iter().filter(|row| row.is_member).map(|row| row.target).collect();
        let mut channel_access = Self { channels: HashMap::new(), overwrites: HashMap::new(), persons };
        for channel in channels {
            channel_access.channels.entry(channel.guild_id).or_default().push(channel);
        }
        for row in overwrites {
            channel_access.overwrites.entry(row.channel).or_default().push(row.overwrite());
        }
        channel_access
    }

    /// The channels that a member may know of, in their order, each with what they may do there. Whoever views a channel
    /// knows of the category above it, and may do nothing there for that.
    pub(crate) fn seen_by(&self, membership: &Membership) -> Vec<(&Channel, Permissions)> {
        let channels = self.channels.get(&membership.guild).map(Vec::as_slice).unwrap_or_default();
        let overwrites = |id| self.overwrites.get(&id).map(Vec::as_slice).unwrap_or_default();
        let all = channels
            .iter()
            .map(|channel| (channel, membership.in_channel(overwrites(channel.id), channel.kind)))
            .collect::<Vec<_>>();
        let viewed = all.iter().filter(|(_, may)| may.contains(Permissions::VIEW_CHANNEL));
        let headings = viewed.filter_map(|(channel, _)| channel.parent_id).collect::<HashSet<_>>();
        let mut seen = all;
        seen.retain(|(channel, may)| {
            may.contains(Permissions::VIEW_CHANNEL) || headings.contains(&channel.id)
        });
        seen
    }

    /// Whether a channel allows or denies something to this member in person.
    pub(crate) fn has_personal(&self, user: UserId) -> bool {
        self.persons.contains(&user.uuid())
    }

    /// As [`Self::seen_by`], without what they may do.
    pub(crate) fn visible_to(&self, membership: &Membership) -> VisibleChannels {
        self.seen_by(membership).into_iter().map(|(channel, _)| (channel.id, channel.kind)).collect()
    }
}
