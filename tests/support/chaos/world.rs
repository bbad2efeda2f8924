//! What all clients of a run share.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::history::Timeline;
use super::stage::Stage;
use crate::contract::Contract;

/// What clients are to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Whatever comes to their minds.
    Busy,
    /// Finish what they are at.
    Finishing,
    /// Come back, and stay until all timelines stand here.
    CatchingUp(Vec<i64>),
    /// Go.
    Over,
}

/// The place where all meet.
#[derive(Debug)]
pub(super) struct World {
    pub(super) stage: Stage,
    pub(super) http: reqwest::Client,
    pub(super) contract: &'static Contract,
    /// The one server, and how to join it.
    pub(super) guild: String,
    pub(super) code: String,
    /// Its channels, which are the timelines.
    pub(super) channels: Vec<String>,
    pub(super) timelines: HashMap<String, Timeline>,
    pub(super) phase: watch::Sender<Phase>,
    /// The clients that did what the phase asks for.
    pub(super) ready: Mutex<HashSet<usize>>,
    pub(super) counts: Counts,
    /// Messages that somebody saw lately: others may react to them.
    pub(super) lately: Mutex<Vec<(Timeline, Uuid)>>,
    surprises: Mutex<Vec<String>>,
    slowest: Mutex<(Duration, String)>,
    began: Instant,
}

/// What has been counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) done: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) unknown: AtomicU64,
    pub(super) events: AtomicU64,
    pub(super) connects: AtomicU64,
    pub(super) returns: AtomicU64,
    pub(super) faults: AtomicU64,
}

/// One more.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// How many.
pub(super) fn counted(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Surprises that are told.
const SURPRISES: usize = 20;
/// Messages that are remembered for others.
const LATELY: usize = 60;

impl World {
    pub(super) fn new(
        stage: Stage,
        contract: &'static Contract,
        server: crate::Server,
        channels: Vec<String>,
    ) -> Self {
        let timelines = channels.iter().enumerate().map(|(number, id)| (id.clone(), number)).collect();
        Self {
            stage,
            http: crate::http().timeout(Duration::from_secs(30)).build().unwrap(),
            contract,
            guild: server.id,
            code: server.code,
            channels,
            timelines,
            phase: watch::Sender::new(Phase::Busy),
            ready: Mutex::default(),
            counts: Counts::default(),
            lately: Mutex::default(),
            surprises: Mutex::default(),
            slowest: Mutex::default(),
            began: Instant::now(),
        }
    }

    /// Notes what must not be, whatever fails.
    pub(super) fn surprised(&self, words: String) {
        let mut surprises = self.surprises.lock().unwrap();
        if surprises.len() < SURPRISES {
            surprises.push(format!("at {:.1} s: {words}", self.began.elapsed().as_secs_f64()));
        }
    }

    /// What must not have been.
    pub(super) fn surprises(&self) -> Vec<String> {
        self.surprises.lock().unwrap().clone()
    }

    /// Notes how long an answer took.
    pub(super) fn took(&self, time: Duration, what: impl FnOnce() -> String) {
        let mut slowest = self.slowest.lock().unwrap();
        if time > slowest.0 {
            *slowest = (time, format!("{} at {:.1} s", what(), self.began.elapsed().as_secs_f64()));
        }
    }

    /// The answer that took longest.
    pub(super) fn slowest(&self) -> (Duration, String) {
        self.slowest.lock().unwrap().clone()
    }

    /// Notes a message that others may react to.
    pub(super) fn saw(&self, timeline: Timeline, message: Uuid) {
        let mut lately = self.lately.lock().unwrap();
        if lately.len() == LATELY {
            lately.remove(0);
        }
        lately.push((timeline, message));
    }
}
