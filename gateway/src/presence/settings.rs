//! How long somebody counts as there.

use std::time::Duration;

use backbone::settings::Fault;
use serde::Deserialize;

/// How long somebody counts as there, and how changes are told.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceSettings {
    /// Who comes back within this time was never gone, milliseconds.
    pub grace_ms: u64,
    /// Without a command for this long somebody is away, milliseconds.
    pub away_after_ms: u64,
    /// Changes of this long are told together, milliseconds.
    pub coalesce_ms: u64,
    /// A gateway without a sign of life for this long is dead, milliseconds.
    pub lease_ms: u64,
    /// Servers in which more members are online tell who watches them only.
    pub crowd: usize,
}

impl PresenceSettings {
    /// The first setting that is no good.
    pub(crate) fn fault(&self) -> Option<Fault> {
        Fault::first([
            (self.grace_ms <= 60_000, "presence.grace_ms", "must be at most 60000"),
            (self.away_after_ms >= 1_000, "presence.away_after_ms", "must be at least 1000"),
            ((50..=10_000).contains(&self.coalesce_ms), "presence.coalesce_ms", "must be 50 to 10000"),
            ((1_000..=45_000).contains(&self.lease_ms), "presence.lease_ms", "must be 1000 to 45000"),
            (self.crowd > 0, "presence.crowd", "must be at least 1"),
        ])
    }

    pub(super) fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    pub(super) fn away_after(&self) -> Duration {
        Duration::from_millis(self.away_after_ms)
    }

    pub(super) fn coalesce(&self) -> Duration {
        Duration::from_millis(self.coalesce_ms)
    }

    pub(super) fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }
}
