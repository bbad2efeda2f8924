//! The use cases of messages.

mod announce;
pub(crate) mod changes;
pub(crate) mod conversations;
mod edit;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod marks;
mod personal;
pub(crate) mod purge;
mod send;
mod stats;
mod sweep;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use chrono::TimeDelta;
use kernel::{Env, MessageId, TimelineId};
use quick_cache::sync::Cache;
use serde::Deserialize;

use crate::Error;
use crate::model::TimelineKind;
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
}

impl Default for MessagingSettings {
    fn default() -> Self {
        Self { writers: 3, queue: 4_096, edit_window_h: 24 }
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
    /// What a timeline belongs to never changes.
    kinds: Arc<Cache<TimelineId, TimelineKind>>,
}

/// Timelines whose kind is remembered.
const KINDS: usize = 100_000;

impl Messaging {
    /// The service over `pool`, which tells `bus` of every change. Starts the writers on the present runtime.
    pub fn start(pool: Pool, env: Env, bus: &Bus, settings: &MessagingSettings) -> Self {
        Self {
            writers: Writers::start(settings.writers, settings.queue, &pool, bus),
            pool,
            env,
            bus: bus.clone(),
            edit_window: TimeDelta::hours(settings.edit_window_h),
            kinds: Arc::new(Cache::new(KINDS)),
        }
    }

    /// What a timeline belongs to; `None` when there is no such timeline, or when it is closed and this process has not
    /// met it before. Who is asked for access to it depends on that; it gives none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn kind_of(&self, timeline: TimelineId) -> Result<Option<TimelineKind>, Error> {
        if let Some(kind) = self.kinds.get(&timeline) {
            return Ok(Some(kind));
        }
        let mut conn = self.pool.get().await?;
        let kind = read::kind_of(&mut conn, timeline).await?;
        if let Some(kind) = kind {
            self.kinds.insert(timeline, kind);
        }
        Ok(kind)
    }

    /// Where a message stands: what access to it depends on.
    ///
    /// # Errors
    /// [`Error::NoMessage`] when it does not exist or was deleted; [`Error::Database`].
    pub async fn timeline_of(&self, id: MessageId) -> Result<TimelineId, Error> {
        let mut conn = self.pool.get().await?;
        read::timeline_of(&mut conn, id).await?.ok_or(Error::NoMessage)
    }
}
