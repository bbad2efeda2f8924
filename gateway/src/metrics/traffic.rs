//! What goes through the sockets of one worker. Only its thread counts here: no atomics, no locks.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::time::Duration;

use kernel::{Buckets, Distribution};

use super::Moment;
use crate::ws::CloseReason;

/// Times of commands: from 256 µs to 4.2 s.
const TIMES: Buckets = Buckets::new(8, 2, 8);

/// What one worker counts.
#[derive(Debug, Default)]
pub(crate) struct Traffic(RefCell<TrafficFigures>);

/// What one worker has counted.
#[derive(Clone, Debug)]
pub(crate) struct TrafficFigures {
    /// Connections that became WebSockets.
    pub(super) opened: u64,
    /// Those that ended, by close code and reason.
    pub(super) closed: BTreeMap<(&'static str, &'static str), u64>,
    /// Calls of the system that wrote to sockets.
    pub(super) writes: u64,
    pub(super) frames_sent: u64,
    pub(super) bytes_sent: u64,
    pub(super) frames_received: u64,
    pub(super) bytes_received: u64,
    /// From the publishing of changes of timelines to their writing to a socket, microseconds: of changes that this
    /// process committed, and that others did.
    pub(super) lags: [Distribution; 2],
    pub(super) commands: BTreeMap<&'static str, CommandFigures>,
}

/// Commands of one name.
#[derive(Clone, Debug)]
pub(super) struct CommandFigures {
    pub(super) done: u64,
    pub(super) refused: u64,
    pub(super) failed: u64,
    pub(super) rate_limited: u64,
    /// How long those took that were carried out, microseconds.
    pub(super) times: Distribution,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommandOutcome {
    /// It was done, in this time.
    Done(Duration),
    /// It was refused, in this time.
    Refused(Duration),
    /// The server failed, after this time.
    Failed(Duration),
    /// It was not looked at: too many came.
    RateLimited,
}

/// A write to one socket that is being counted.
pub(crate) struct Write<'a> {
    figures: RefMut<'a, TrafficFigures>,
    /// Asked for once, and only when a frame has something to be compared with it.
    now: Option<u64>,
}

impl Traffic {
    /// A connection became a WebSocket.
    pub(crate) fn opened(&self) {
        self.0.borrow_mut().opened += 1;
    }

    /// A session ended.
    pub(crate) fn closed(&self, reason: CloseReason) {
        *self.0.borrow_mut().closed.entry(reason.label()).or_default() += 1;
    }

    /// So many bytes were written with one call.
    pub(crate) fn wrote(&self, bytes: usize) -> Write<'_> {
        let mut figures = self.0.borrow_mut();
        figures.writes += 1;
        figures.bytes_sent += number(bytes);
        Write { figures, now: None }
    }

    /// So many bytes came.
    pub(crate) fn received(&self, bytes: usize) {
        self.0.borrow_mut().bytes_received += number(bytes);
    }

    /// A frame came.
    pub(crate) fn frame(&self) {
        self.0.borrow_mut().frames_received += 1;
    }

    /// A command was carried out, or not. The name is one of the table of commands.
    pub(crate) fn command(&self, name: &'static str, outcome: CommandOutcome) {
        let mut figures = self.0.borrow_mut();
        let command = figures.commands.entry(name).or_default();
        let (count, took) = match outcome {
            CommandOutcome::Done(took) => (&mut command.done, Some(took)),
            CommandOutcome::Refused(took) => (&mut command.refused, Some(took)),
            CommandOutcome::Failed(took) => (&mut command.failed, Some(took)),
            CommandOutcome::RateLimited => (&mut command.rate_limited, None),
        };
        *count += 1;
        if let Some(took) = took {
            command.times.observe(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        }
    }

    /// What was counted so far.
    pub(crate) fn read(&self) -> TrafficFigures {
        self.0.borrow().clone()
    }
}

impl Write<'_> {
    /// With this call all of a frame had been written.
    pub(crate) fn frame(&mut self, published: Option<Moment>) {
        self.figures.frames_sent += 1;
        if let Some(published) = published {
            let now = *self.now.get_or_insert_with(Moment::now);
            let [own, elsewhere] = &mut self.figures.lags;
            let lags = if published.is_elsewhere() { elsewhere } else { own };
            lags.observe(now.saturating_sub(published.micros()));
        }
    }
}

impl Default for TrafficFigures {
    fn default() -> Self {
        Self {
            opened: 0,
            closed: BTreeMap::new(),
            writes: 0,
            frames_sent: 0,
            bytes_sent: 0,
            frames_received: 0,
            bytes_received: 0,
            lags: [Distribution::new(Buckets::TIMES), Distribution::new(Buckets::TIMES)],
            commands: BTreeMap::new(),
        }
    }
}

impl Default for CommandFigures {
    fn default() -> Self {
        Self { done: 0, refused: 0, failed: 0, rate_limited: 0, times: Distribution::new(TIMES) }
    }
}

impl CommandFigures {
    /// Those of another worker as well.
    pub(super) fn add(&mut self, other: &Self) {
        self.done += other.done;
        self.refused += other.refused;
        self.failed += other.failed;
        self.rate_limited += other.rate_limited;
        self.times.add(&other.times);
    }
}

fn number(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
