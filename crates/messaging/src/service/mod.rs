//! The use cases of messages.

mod announce;
pub(crate) mod changes;
mod deliver;
mod edit;
pub(crate) mod formerly;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod marks;
mod personal;
mod pins;
pub(crate) mod purge;
mod react;
mod send;
mod stats;
mod sweep;
pub(crate) mod thread;

use backbone::bus::Bus;
use backbone::db::Pool;
use chrono::TimeDelta;
use kernel::{Env, MessageId, Seq, TimelineId};
use serde::Deserialize;

use crate::Error;
use crate::delivery::Delivered;
use crate::store::read;
use crate::view::MessageView;
use crate::writer::Writers;

/// How messages work here.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagingSettings {
    /// Writers of this process: two to four; each uses a connection while it writes.
    pub writers: usize,
    /// Changes that may wait for each writer; more are refused as `UNAVAILABLE`.
    pub queue: usize,
    /// How long its author may change a message, hours.
    pub edit_window_h: i64,
    /// How many messages of a place may be pinned.
    pub pins_max: i64,
}

impl MessagingSettings {
    /// What `pins_max` may be at most.
    pub const PINS_MAX: i64 = 250;
}

impl Default for MessagingSettings {
    fn default() -> Self {
        Self { writers: 3, queue: 4_096, edit_window_h: 24, pins_max: 50 }
    }
}

/// A message that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The message.
    pub message: MessageView,
    /// Whether it was written now; not when its nonce had been used before.
    pub fresh: bool,
}

/// Timelines and their messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Messaging {
    pool: Pool,
    env: Env,
    bus: Bus,
    writers: Writers,
    edit_window: TimeDelta,
    pins_max: i64,
    delivered: Delivered,
}

impl Messaging {
    /// The service over `pool`, which tells `bus` of every change. Starts the writers on the present runtime.
    pub fn start(pool: Pool, env: Env, bus: &Bus, settings: &MessagingSettings) -> Self {
        Self {
            writers: Writers::start(settings.writers, settings.queue, &pool, bus),
            pool,
            env,
            bus: bus.clone(),
            edit_window: TimeDelta::hours(settings.edit_window_h),
            pins_max: settings.pins_max,
            delivered: Delivered::default(),
        }
    }

    /// Where a message stands: what access to it depends on.
    ///
    /// # Errors
    /// [`Error::NoMessage`] when it does not exist or was deleted; [`Error::Database`].
    pub async fn timeline_of(&self, id: MessageId) -> Result<TimelineId, Error> {
        self.place_of(id).await.map(|(timeline, _)| timeline)
    }

    /// Where a message stands, and its place there.
    ///
    /// # Errors
    /// As [`Self::timeline_of`].
    pub async fn place_of(&self, id: MessageId) -> Result<(TimelineId, Seq), Error> {
        let mut conn = self.pool.get().await?;
        let found = read::place_of(&mut conn, id).await?.filter(|(.., deleted)| !deleted);
        found.map(|(timeline, seq, _)| (timeline, seq)).ok_or(Error::NoMessage)
    }

    /// Where a message stood: its thread is read also when it was deleted.
    ///
    /// # Errors
    /// [`Error::NoMessage`] when there never was one; [`Error::Database`].
    pub async fn timeline_of_thread(&self, parent: MessageId) -> Result<TimelineId, Error> {
        let mut conn = self.pool.get().await?;
        let found = read::place_of(&mut conn, parent).await?;
        found.map(|(timeline, ..)| timeline).ok_or(Error::NoMessage)
    }
}
