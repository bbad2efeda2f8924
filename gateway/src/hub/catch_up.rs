//! Reading from the log what the bus did not bring.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use dashmap::mapref::one::RefMut;
use kernel::{Rev, Topic};
use messaging::{ChangesLimit, Error, Feed};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::registry::Entry;
use super::{Delivery, Inner};

/// How long a missing event may still be on its way: publishes of two gateways cross.
const PATIENCE: Duration = Duration::from_millis(8);
/// How often heads are compared while the bus is down; while it is up, every second time.
const WATCH: Duration = Duration::from_secs(1);
/// Heads compared in one query.
pub(super) const CHUNK: usize = 1_000;
/// Waiting time after the database failed: doubles from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

impl Inner {
    /// Sees to it that the timeline's gap is filled, and that it is delivered up to `until`.
    pub(super) fn catch_up(self: &Arc<Self>, topic: Topic, until: Option<Rev>) {
        let idle = |mut entry: RefMut<'_, Topic, Entry>| !std::mem::replace(&mut entry.catching_up, true);
        if !self.topics.get_mut(&topic).is_some_and(idle) {
            return;
        }
        self.counts.gap(until.is_some());
        let reading = self.runtime.spawn(Arc::clone(self).read_log(topic, until));
        let hub = Arc::clone(self);
        self.runtime.spawn(async move {
            // A panic must not keep others from reading.
            if reading.await.is_err()
                && let Some(mut entry) = hub.topics.get_mut(&topic)
            {
                entry.catching_up = false;
            }
        });
    }

    async fn read_log(self: Arc<Self>, topic: Topic, until: Option<Rev>) {
        let Topic::Timeline(id) = topic else { return };
        sleep(PATIENCE).await;
        let (mut pause, mut by_log) = (BACKOFF.0, false);
        while let Some(since) = self.missing(topic, until) {
            match self.messaging.feed(id, since, ChangesLimit::new(Some(500))).await {
                Ok(feed) => {
                    (pause, by_log) = (BACKOFF.0, true);
                    self.settle(feed.fence).await;
                    self.advance(topic, |sequence| {
                        // Live events may have moved it on meanwhile: they told of what was created up to here.
                        let base = sequence.delivered().unwrap_or(since);
                        sequence.catch_up(deliveries(topic, since, base, &feed), feed.head.rev)
                    });
                }
                // Closed: nothing more will come.
                Err(Error::NoTimeline) => return self.counts.filled(true),
                Err(error) => {
                    self.counts.log_failed();
                    tracing::warn!(%error, %topic, "the log could not be read");
                    sleep(pause).await;
                    pause = (pause * 2).min(BACKOFF.1);
                }
            }
        }
        self.counts.filled(by_log);
    }

    /// Where to read on; `None` when nothing is missing, which ends the reading.
    fn missing(&self, topic: Topic, until: Option<Rev>) -> Option<Rev> {
        let mut entry = self.topics.get_mut(&topic)?;
        let delivered = entry.sequence.delivered();
        let behind = entry.sequence.has_gap() || until.zip(delivered).is_some_and(|(until, at)| at < until);
        if !behind {
            entry.catching_up = false;
            return None;
        }
        delivered
    }

    /// Compares what was delivered with the heads in the log.
    async fn compare_heads(self: &Arc<Self>) {
        let mut here = Vec::new();
        for entry in &self.topics {
            if let (Topic::Timeline(id), Some(delivered)) = (*entry.key(), entry.sequence.delivered()) {
                here.push((id, delivered));
            }
        }
        for chunk in here.chunks(CHUNK) {
            let ids = chunk.iter().map(|(id, _)| *id).collect::<Vec<_>>();
            let Ok(heads) = self.messaging.heads(&ids).await else { return };
            let heads = heads.into_iter().collect::<HashMap<_, _>>();
            for (id, delivered) in chunk {
                if let Some(head) = heads.get(id).filter(|head| head.rev > *delivered) {
                    self.catch_up(Topic::Timeline(*id), Some(head.rev));
                }
            }
        }
    }
}

/// What was read of the log, for sessions that were told of everything created up to `base`. Of too much they are told
/// to reload, as a session that was away for long.
fn deliveries(topic: Topic, since: Rev, base: Rev, feed: &Feed) -> Vec<(Rev, Delivery)> {
    let upto = feed.head.rev;
    if feed.has_more {
        return Delivery::gap(topic, since, upto).map(|gap| (upto, gap)).into_iter().collect();
    }
    let rows = feed.items.iter().filter_map(|item| Some((item.rev, Delivery::row(topic, item, base)?)));
    rows.collect()
}

impl Inner {
    /// Compares the versions that were applied with those in the database: a change of access may have been told by
    /// nobody.
    async fn compare_versions(self: &Arc<Self>) {
        let here = self.scopes.iter().filter_map(|scope| Some((*scope.key(), scope.applied_version()?)));
        let here = here.collect::<Vec<_>>();
        for chunk in here.chunks(CHUNK) {
            let ids = chunk.iter().map(|(id, _)| *id).collect::<Vec<_>>();
            let Ok(versions) = self.messaging.versions(&ids).await else { return };
            let versions = versions.into_iter().collect::<HashMap<_, _>>();
            for (id, applied) in chunk {
                if versions.get(id).is_some_and(|version| version > applied) {
                    self.plan_soon(*id);
                }
            }
        }
    }
}

/// Looks for events that were lost with nothing after them to show it. Ends with the hub.
pub(super) async fn watch(hub: Weak<Inner>) {
    let mut tick = interval(WATCH);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut odd = false;
    loop {
        tick.tick().await;
        let Some(hub) = hub.upgrade() else { return };
        odd = !odd;
        if odd || !hub.bus.health().up {
            hub.compare_heads().await;
            hub.compare_versions().await;
        }
    }
}

/// The bus is back: whatever was missed is read from the log, and all access is read again.
pub(super) async fn after_loss(hub: Arc<Inner>) {
    let scopes = hub.scopes.iter().map(|scope| *scope.key()).collect::<Vec<_>>();
    for scope in scopes {
        hub.plan_soon(scope);
    }
    hub.compare_heads().await;
}
