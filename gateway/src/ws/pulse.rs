//! Whether sessions live: pings, peers that are silent, tokens that expire. One look at all sessions of a worker: a timer for each
//! of them would wake it as often as there are sessions.

use std::cell::Cell;
use std::time::Duration;

use kernel::Timestamp;
use tokio::time::Instant;

use super::session::refuse;
use super::{CloseReason, Outbox, Wire};
use crate::config::WsSettings;

/// How often to look at least.
const LOOK: Duration = Duration::from_secs(1);
/// Looks within a heartbeat at least.
const LOOKS: u32 = 5;

/// How often to ping, and how long to wait for a sign of life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heart {
    beat: Duration,
    silence: Duration,
}

/// The life of one session.
#[derive(Debug)]
pub(crate) struct Pulse {
    heard: Cell<Instant>,
    pinged: Cell<Instant>,
    /// When what it was opened with stops to work; `None`: not by itself.
    until: Cell<Option<Timestamp>>,
}

impl Heart {
    pub(crate) fn new(settings: &WsSettings) -> Self {
        let seconds = Duration::from_secs;
        Self { beat: seconds(settings.heartbeat_s), silence: seconds(settings.silence_s) }
    }

    /// How often to look at the sessions.
    pub(crate) fn look(self) -> Duration {
        LOOK.min(self.beat / LOOKS)
    }
}

impl Pulse {
    /// Of somebody who was heard now.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { heard: Cell::new(now), pinged: Cell::new(now), until: Cell::new(None) }
    }

    /// Something came.
    pub(super) fn hear(&self) {
        self.heard.set(Instant::now());
    }

    /// From now on it works until then.
    pub(super) fn renew(&self, until: Option<Timestamp>) {
        self.until.set(until);
    }

    /// Pings when it is time to, and ends the session when the peer is silent or may not go on. `time` is by the clock that tests
    /// can move.
    pub(crate) fn look(&self, outbox: &Outbox, heart: Heart, now: Instant, time: Timestamp) {
        if self.until.get().is_some_and(|until| until <= time) {
            refuse(outbox, None, &identity::Error::TokenExpired.into());
            outbox.end(CloseReason::Unauthenticated);
        } else if now.saturating_duration_since(self.heard.get()) > heart.silence {
            outbox.end(CloseReason::Silent);
        } else if now.saturating_duration_since(self.pinged.get()) >= heart.beat {
            self.pinged.set(now);
            outbox.push(Wire::ping());
        }
    }
}
