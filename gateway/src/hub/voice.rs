//! What voice needs of the hub: whose devices have sockets here, and events for some of those who listen.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use kernel::{ChannelId, Event, SessionId, UserId};

use super::{Command, Delivery, Hub, Inner, Member, lock};

impl Hub {
    /// Whether a socket of this login is open here.
    pub(crate) fn has_socket(&self, user: UserId, session: SessionId) -> bool {
        let members = lock(&self.0.members);
        let mut sockets = members.get(&user).into_iter().flat_map(|sockets| sockets.values());
        sockets.any(|member| member.session() == session && !member.gone.load(Ordering::Acquire))
    }
}

impl Inner {
    /// To those sessions of the event's scope that were told of the channel: what they were told agrees with the version that
    /// was applied, and the event with that.
    pub(super) fn to_aware(&self, event: &Event, channel: ChannelId) {
        let Some(fence) = event.header.fence else { return };
        let present = self.scopes.get(&fence.scope).map(|scope| scope.members());
        let aware = present.into_iter().flatten().filter(|member| {
            lock(&member.visible_sets).get(&fence.scope).is_some_and(|visible| visible.contains(channel))
        });
        self.tell_each(event, aware);
    }

    /// To the sockets of one login.
    pub(super) fn to_login(&self, event: &Event, user: UserId, session: SessionId) {
        let sockets = lock(&self.members).get(&user).cloned().unwrap_or_default();
        self.tell_each(event, sockets.into_values().filter(|member| member.session() == session));
    }

    fn tell_each(&self, event: &Event, members: impl Iterator<Item = Arc<Member>>) {
        let Some(delivery) = Delivery::live(event) else { return };
        for member in members {
            // Its worker knows whether it hears the topic.
            member.shard.send(Command::Tell(member.key, delivery.clone()));
        }
    }
}
