//! How the writers fare.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Buckets, Distribution, Histogram};
use tokio::time::Instant;

use crate::Error;

/// Changes in a batch, which has 64 at most.
const SIZES: Buckets = Buckets::new(0, 1, 7);

/// How the writers of a process fare, since they began.
#[derive(Clone, Debug)]
pub struct WriterStats {
    /// Changes that wait. Those of a batch that is being written wait no more.
    pub waiting: usize,
    /// How many may.
    pub places: usize,
    /// Changes that were refused because the queue was full.
    pub busy: u64,
    /// How many changes batches had that were committed.
    pub batches: Distribution,
    /// How long these batches took, from the wait for a connection to the end of the commit; microseconds.
    pub commits: Distribution,
}

/// What writers count.
#[derive(Debug)]
pub(crate) struct Figures {
    busy: AtomicU64,
    batches: Histogram,
    commits: Histogram,
}

impl Default for Figures {
    fn default() -> Self {
        let busy = AtomicU64::new(0);
        Self { busy, batches: Histogram::new(SIZES), commits: Histogram::new(Buckets::TIMES) }
    }
}

impl Figures {
    /// A batch was committed that was begun then.
    pub(super) fn committed(&self, changes: usize, begun: Instant) {
        self.batches.observe(u64::try_from(changes).unwrap_or(u64::MAX));
        self.commits.observe_time(begun.elapsed());
    }

    /// The queue was full.
    pub(super) fn busy(&self) -> Error {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Error::Busy
    }

    pub(super) fn read(&self, (waiting, places): (usize, usize)) -> WriterStats {
        let busy = self.busy.load(Ordering::Relaxed);
        WriterStats { waiting, places, busy, batches: self.batches.read(), commits: self.commits.read() }
    }
}
