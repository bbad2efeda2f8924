//! Work to be done after a commit, by any process: a row that is written in the transaction of the change.
//!
//! A job is done **at least once**: a worker that is killed, or loses the database before it could say that it is done,
//! leaves the job to another. So what a handler does must be harmless when it is done twice.
//!
//! A payload is kept as it is for as long as the job exists: it holds ids, never secrets.

mod backoff;
mod handlers;
mod queue;
mod store;
mod tally;
mod workers;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::settings::Fault;

pub use handlers::{Handlers, JobError};
pub use queue::Queue;
pub use tally::Tally;
pub use workers::Workers;

/// One kind of work, and what has to be known to do it.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// Its name in the table, unique in the product: `crate.verb`. A name that changes orphans the rows of the old one.
    const KIND: &'static str;
    /// How long one try may take. A worker that is silent for longer counts as dead.
    const PATIENCE: Duration = Duration::from_secs(60);
    /// Tries before it is given up. With the pauses between them ten take about half an hour, fourteen
    /// about four hours.
    const TRIES: u32 = 10;
}

/// How the workers of one process work.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Jobs done at the same time. Each uses database connections as its work needs.
    pub concurrency: usize,
    /// How often to look for jobs of other processes and for those whose time has come, milliseconds.
    pub poll_ms: u64,
    /// How long a job that was given up is kept to be looked at, days.
    pub keep_failed_days: u32,
}

impl JobSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        Fault::first([
            ((1..=64).contains(&self.concurrency), "jobs.concurrency", "must be 1 to 64"),
            ((10..=60_000).contains(&self.poll_ms), "jobs.poll_ms", "must be 10 to 60000"),
            (self.keep_failed_days > 0, "jobs.keep_failed_days", "must be at least 1"),
        ])
    }
}

/// How many jobs there are. Each number is exact up to [`Backlog::MOST`], and counted no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Those that nobody has begun, though it is time.
    pub due: i64,
    /// Those whose time has not come; those that are being done, too.
    pub later: i64,
    /// Those that were given up.
    pub failed: i64,
}

impl Backlog {
    /// Counted at most.
    pub const MOST: i64 = 10_000;
}

impl Default for JobSettings {
    /// Four at once, a look every second, thirty days.
    fn default() -> Self {
        Self { concurrency: 4, poll_ms: 1_000, keep_failed_days: 30 }
    }
}
