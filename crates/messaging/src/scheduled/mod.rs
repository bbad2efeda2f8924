//! Messages that are sent later.
//!
//! Each is a row and a job that is due at its time. Whoever does the job sends the message as its author would, with all
//! checks and the nonce `scheduled:{id}`, so that it is sent once, however often the job is done. See docs/decisions/0020.

mod personal;
mod service;
mod view;

use backbone::jobs::Job;
use backbone::settings::Fault;
use kernel::ScheduledId;
use serde::{Deserialize, Serialize};

pub use service::{Claimed, ScheduledLimit, Settled};
pub(crate) use view::Scheduled;
pub use view::{ScheduledError, ScheduledStatus, ScheduledView};

/// How messages are sent later here.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledSettings {
    /// How far ahead, days.
    pub days_ahead: i64,
    /// How many of one user may wait.
    pub per_user: i64,
}

impl Default for ScheduledSettings {
    fn default() -> Self {
        Self { days_ahead: 365, per_user: 100 }
    }
}

impl ScheduledSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        Fault::first([
            ((1..=3_650).contains(&self.days_ahead), "messaging.scheduled.days_ahead", "must be 1 to 3650"),
            ((1..=10_000).contains(&self.per_user), "messaging.scheduled.per_user", "must be 1 to 10000"),
        ])
    }
}

/// Send a scheduled message.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SendScheduled {
    /// Which.
    pub id: ScheduledId,
}

impl Job for SendScheduled {
    const KIND: &'static str = "messaging.send-scheduled";
    /// About four hours: long before, whoever does it has told the author that it cannot be sent.
    const TRIES: u32 = 14;
}
