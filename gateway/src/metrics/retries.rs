//! Acts whose proof of access was outdated when they came to be done.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often that happened, by where the proof came from.
#[derive(Debug, Default)]
pub(crate) struct Retries {
    remembered: AtomicU64,
    fresh: AtomicU64,
}

impl Retries {
    /// A grant from memory was outdated: usual, when access has changed.
    pub(crate) fn remembered(&self) {
        self.remembered.fetch_add(1, Ordering::Relaxed);
    }

    /// A grant that was read a moment ago was outdated: rare, but where many rights change at once.
    pub(crate) fn fresh(&self) {
        self.fresh.fetch_add(1, Ordering::Relaxed);
    }

    /// How often, each with its name.
    pub(super) fn read(&self) -> [(&'static str, u64); 2] {
        let Self { remembered, fresh } = self;
        [("remembered", remembered.load(Ordering::Relaxed)), ("fresh", fresh.load(Ordering::Relaxed))]
    }
}
