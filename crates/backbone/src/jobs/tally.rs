//! What became of tries to do jobs, in this process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What became of the tries to do jobs of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Done.
    pub done: u64,
    /// Not done, and to be tried again.
    pub postponed: u64,
    /// Given up.
    pub failed: u64,
}

/// Those of every kind. A job takes milliseconds at least: a lock costs nothing beside it.
#[derive(Debug, Default)]
pub(super) struct Tallies(Mutex<BTreeMap<&'static str, Tally>>);

impl Tallies {
    /// Counts a try to do a job of this kind.
    pub(super) fn note(&self, kind: &'static str, count: impl FnOnce(&mut Tally)) {
        count(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_default());
    }

    pub(super) fn read(&self) -> Vec<(&'static str, Tally)> {
        let tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tallies.iter().map(|(kind, tally)| (*kind, *tally)).collect()
    }
}
