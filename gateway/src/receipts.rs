//! Telling conversations how far somebody has read: at most once a second each.

use std::sync::Arc;
use std::time::Duration;

use backbone::bus::Bus;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use kernel::{Fence, ScopeId, Seq, UserId};
use tokio::time::sleep;

/// Between two receipts of somebody in a conversation.
const PAUSE: Duration = Duration::from_secs(1);

/// What is to be told when the pause is over.
type Next = Option<(Fence, Seq)>;

/// Who has told something of this process within the last second, where. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Receipts {
    bus: Bus,
    pauses: Arc<DashMap<(UserId, ScopeId), Next>>,
}

impl Receipts {
    /// Tells on `bus`.
    pub(crate) fn new(bus: Bus) -> Self {
        Self { bus, pauses: Arc::default() }
    }

    /// Tells the conversation of `fence` that `user` has read up to `seq`: now, or when a second has passed since the last
    /// time, unless they have read further by then.
    pub(crate) fn tell(&self, user: UserId, fence: Fence, seq: Seq) {
        match self.pauses.entry((user, fence.scope)) {
            Entry::Occupied(mut pause) => {
                pause.insert(Some((fence, seq)));
                return;
            }
            Entry::Vacant(place) => drop(place.insert(None)),
        }
        self.publish(user, fence, seq);
        tokio::spawn(self.clone().pause(user, fence.scope));
    }

    async fn pause(self, user: UserId, scope: ScopeId) {
        loop {
            sleep(PAUSE).await;
            if self.pauses.remove_if(&(user, scope), |_, next| next.is_none()).is_some() {
                return;
            }
            let next = self.pauses.get_mut(&(user, scope)).and_then(|mut next| next.take());
            if let Some((fence, seq)) = next {
                self.publish(user, fence, seq);
            }
        }
    }

    fn publish(&self, user: UserId, fence: Fence, seq: Seq) {
        match dm::event::receipt(user, fence, seq) {
            Ok(event) => self.bus.publish(event),
            Err(fault) => tracing::error!(error = %fault.0, "a read receipt could not be told"),
        }
    }
}
