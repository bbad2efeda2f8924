//! What is said to gateways themselves: the sockets of sessions that were revoked are closed, those of who is called
//! something else know it.

use std::sync::Weak;
use std::time::Duration;

use identity::event::Renamed;
use identity::{Heard, Revocation};
use kernel::{Event, Topic};
use tokio::time::{MissedTickBehavior, interval};

use super::{Command, Inner, lock};
use crate::ws::CloseReason;

/// How often recent revocations are read besides what the bus brings.
const READ: Duration = Duration::from_secs(2);

impl Inner {
    /// Something that is said to gateways themselves.
    pub(super) fn told(&self, event: &Event) {
        match self.identity.hear(event) {
            Some(Heard::Revoked(revocation)) => self.revoke(revocation),
            Some(Heard::Renamed(renamed)) => self.rename(&renamed),
            None => {}
        }
    }

    fn rename(&self, renamed: &Renamed) {
        let members = lock(&self.members);
        for member in members.get(&renamed.user_id).into_iter().flat_map(|sessions| sessions.values()) {
            member.rename(&renamed.username);
        }
    }

    fn revoke(&self, revoked: Revocation) {
        let members = lock(&self.members);
        let sockets = members.get(&revoked.user_id).into_iter().flat_map(|sessions| sessions.values());
        for member in sockets.filter(|member| member.session() == revoked.session_id) {
            member.shard.send(Command::Close(member.key, CloseReason::Revoked));
        }
    }
}

/// Joins what is said to gateways, and reads revocations again and again. Ends with the hub.
pub(super) async fn watch(hub: Weak<Inner>) {
    let Some(bus) = hub.upgrade().map(|hub| hub.bus.clone()) else { return };
    let _joined = bus.join(Topic::Gateways).await;
    drop(bus);
    let mut tick = interval(READ);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(hub) = hub.upgrade() else { return };
        match hub.identity.read_revocations().await {
            Ok(news) => news.into_iter().for_each(|revoked| hub.revoke(revoked)),
            Err(error) => tracing::warn!(%error, "revoked sessions could not be read"),
        }
    }
}
