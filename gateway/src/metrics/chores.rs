//! When what runs in the background ran last.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::Timestamp;

/// What runs again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chore {
    /// Removes what is over.
    Sweep,
    /// Looks for bans and time-outs that are over.
    KeepOrder,
    /// Writes down what has reached sessions.
    NoteDeliveries,
    /// Writes down which sessions were used.
    NoteUse,
}

impl Chore {
    const ALL: [Self; 4] = [Self::Sweep, Self::KeepOrder, Self::NoteDeliveries, Self::NoteUse];

    const fn name(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::KeepOrder => "keep_order",
            Self::NoteDeliveries => "note_deliveries",
            Self::NoteUse => "note_use",
        }
    }
}

/// When each of them ended last, milliseconds since 1970; 0: not yet.
#[derive(Debug, Default)]
pub(crate) struct Chores {
    sweep: AtomicI64,
    keep_order: AtomicI64,
    note_deliveries: AtomicI64,
    note_use: AtomicI64,
}

impl Chores {
    /// It ended now.
    pub(crate) fn ran(&self, chore: Chore, now: Timestamp) {
        self.of(chore).store(now.millis(), Ordering::Relaxed);
    }

    /// When each ended last, by name, milliseconds since 1970; 0: not yet.
    pub(super) fn read(&self) -> [(&'static str, i64); 4] {
        Chore::ALL.map(|chore| (chore.name(), self.of(chore).load(Ordering::Relaxed)))
    }

    fn of(&self, chore: Chore) -> &AtomicI64 {
        match chore {
            Chore::Sweep => &self.sweep,
            Chore::KeepOrder => &self.keep_order,
            Chore::NoteDeliveries => &self.note_deliveries,
            Chore::NoteUse => &self.note_use,
        }
    }
}
