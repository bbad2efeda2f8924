//! What the hub counts, and what a worker tells of itself when it is asked.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::{Command, Hub, Shard, ShardSender, lock};
use crate::metrics::TrafficFigures;

/// How long a worker has to answer. One that hangs is told of as it was when it answered last.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the hub counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    gaps_by_order: AtomicU64,
    gaps_by_heads: AtomicU64,
    filled_late: AtomicU64,
    filled_by_log: AtomicU64,
    log_failures: AtomicU64,
    plans: AtomicU64,
    plan_failures: AtomicU64,
}

/// What the hub has counted, and how it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HubFigures {
    /// Gaps that an event with a later `rev` showed.
    pub(crate) gaps_by_order: u64,
    /// Gaps that nothing showed but the heads in the log.
    pub(crate) gaps_by_heads: u64,
    /// Gaps that the missing event filled itself: it was only late.
    pub(crate) filled_late: u64,
    /// Gaps that were filled from the log.
    pub(crate) filled_by_log: u64,
    /// Readings of the log that failed, and were tried again.
    pub(crate) log_failures: u64,
    /// Rounds of reading access to a scope again.
    pub(crate) plans: u64,
    /// Those that failed, and were tried again.
    pub(crate) plan_failures: u64,
    /// Events that wait until access to their scope has been read again.
    pub(crate) held: usize,
    /// Topics that have listeners here.
    pub(crate) topics: usize,
    /// Scopes that have sessions here.
    pub(crate) scopes: usize,
    /// Users who have sessions here.
    pub(crate) users: usize,
}

impl Counts {
    /// A gap was found, and the log is to be read.
    pub(super) fn gap(&self, by_heads: bool) {
        let gaps = if by_heads { &self.gaps_by_heads } else { &self.gaps_by_order };
        gaps.fetch_add(1, Ordering::Relaxed);
    }

    /// A gap is filled.
    pub(super) fn filled(&self, by_log: bool) {
        let filled = if by_log { &self.filled_by_log } else { &self.filled_late };
        filled.fetch_add(1, Ordering::Relaxed);
    }

    /// The log could not be read.
    pub(super) fn log_failed(&self) {
        self.log_failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Access to a scope was read again, or could not be.
    pub(super) fn planned(&self, well: bool) {
        let rounds = if well { &self.plans } else { &self.plan_failures };
        rounds.fetch_add(1, Ordering::Relaxed);
    }
}

/// How a worker is.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkerFigures {
    pub(crate) id: usize,
    /// How long it took to answer; `None`: it has not in time.
    pub(crate) response: Option<Duration>,
    /// Bytes that wait for it.
    pub(crate) backlog: usize,
    /// Sessions that are authenticated and have not ended.
    pub(crate) sessions: usize,
    /// Topics that these sessions listen to, all together.
    pub(crate) subscriptions: usize,
    /// Events that are kept for sessions that catch up.
    pub(crate) held: usize,
    /// Bytes and frames that wait for sockets.
    pub(crate) queued: (usize, usize),
    /// The most bytes that wait for one socket.
    pub(crate) deepest: usize,
    /// What it has counted.
    pub(crate) traffic: TrafficFigures,
}

impl Hub {
    /// How the workers are, in their order. Asks each of them, and waits half a second at most.
    pub(crate) async fn measure(&self) -> Vec<WorkerFigures> {
        let shards = lock(&self.0.shards).clone();
        join_all(shards.iter().map(ShardSender::measure)).await
    }

    /// What the hub has counted, and how it is. Goes through all scopes.
    pub(crate) fn figures(&self) -> HubFigures {
        let (hub, read) = (&self.0, |count: &AtomicU64| count.load(Ordering::Relaxed));
        let counts = &hub.counts;
        HubFigures {
            gaps_by_order: read(&counts.gaps_by_order),
            gaps_by_heads: read(&counts.gaps_by_heads),
            filled_late: read(&counts.filled_late),
            filled_by_log: read(&counts.filled_by_log),
            log_failures: read(&counts.log_failures),
            plans: read(&counts.plans),
            plan_failures: read(&counts.plan_failures),
            held: hub.scopes.iter().map(|scope| scope.held()).sum(),
            topics: hub.topics.len(),
            scopes: hub.scopes.len(),
            users: lock(&hub.members).len(),
        }
    }
}

impl ShardSender {
    async fn measure(&self) -> WorkerFigures {
        let (reply, answer) = oneshot::channel();
        let asked = Instant::now();
        let _ = self.queue.send(Command::Measure(reply));
        let answer = timeout(PATIENCE, answer).await.ok().and_then(Result::ok);
        let backlog = self.load.bytes.load(Ordering::Relaxed);
        let mut last = self.load.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answer {
            *last = WorkerFigures { response: Some(asked.elapsed()), ..answer };
        } else {
            last.response = None;
        }
        WorkerFigures { id: self.id, backlog, ..last.clone() }
    }
}

impl Shard {
    /// How this worker is. Goes through all its sessions: to be asked for now and then.
    pub(super) fn measure(&self) -> WorkerFigures {
        let state = self.state.borrow();
        let mut figures = WorkerFigures { traffic: self.traffic.read(), ..WorkerFigures::default() };
        for slot in state.sessions.values() {
            let (bytes, frames) = slot.outbox.waiting();
            figures.sessions += 1;
            figures.subscriptions += slot.topics.len();
            figures.queued = (figures.queued.0 + bytes, figures.queued.1 + frames);
            figures.deepest = figures.deepest.max(bytes);
        }
        let subscribers = state.topics.values().flat_map(|subscribers| subscribers.values());
        figures.held =
            subscribers.filter_map(|subscriber| Some(subscriber.held.as_ref()?.deliveries.len())).sum();
        figures
    }
}
