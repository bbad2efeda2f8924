//! A clock that runs, and can be moved.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::{Clock, SystemClock, Timestamp};

/// The machine's clock, moved.
#[derive(Debug, Default)]
pub struct MovedClock(AtomicI64);

impl MovedClock {
    /// Moves it by some milliseconds more.
    pub fn advance_ms(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let moved = SystemClock.now().millis() + self.0.load(Ordering::SeqCst);
        Timestamp::from_millis(moved).expect("a moment that can be told")
    }
}
