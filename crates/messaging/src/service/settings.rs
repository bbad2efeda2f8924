//! The settings of this crate.

use backbone::settings::Fault;
use serde::Deserialize;

use crate::preview::PreviewSettings;
use crate::scheduled::ScheduledSettings;
use crate::search::SearchSettings;

/// How messages work here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagingSettings {
    /// Batches of changes that may be written at once: one is, and others while it waits for something. Each uses a
    /// connection.
    pub writers: usize,
    /// Changes that may wait to be written; more are refused as `UNAVAILABLE`.
    pub queue: usize,
    /// How long its author may change a message, hours.
    pub edit_window_h: i64,
    /// How many messages of a place may be pinned.
    pub pins_max: i64,
    /// How messages are found.
    pub search: SearchSettings,
    /// How messages are sent later.
    pub scheduled: ScheduledSettings,
    /// What is shown of links.
    pub previews: PreviewSettings,
}

impl MessagingSettings {
    /// What `pins_max` may be at most.
    pub const PINS_MAX: i64 = 250;

    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let own = Fault::first([
            ((1..=8).contains(&self.writers), "messaging.writers", "must be 1 to 8"),
            (self.queue > 0, "messaging.queue", "must be at least 1"),
            ((1..=Self::PINS_MAX).contains(&self.pins_max), "messaging.pins_max", "must be 1 to 250"),
        ]);
        own.or_else(|| self.search.fault())
            .or_else(|| self.scheduled.fault())
            .or_else(|| self.previews.fault())
    }
}

impl Default for MessagingSettings {
    fn default() -> Self {
        Self {
            writers: 3,
            queue: 8_192,
            edit_window_h: 24,
            pins_max: 50,
            search: SearchSettings::default(),
            scheduled: ScheduledSettings::default(),
            previews: PreviewSettings::default(),
        }
    }
}
