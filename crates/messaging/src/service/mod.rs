//! The use cases of messages.

mod announce;
pub(crate) mod changes;
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
use backbone::jobs::Queue;
use chrono::TimeDelta;
use kernel::{Env, MessageId, TimelineId};
use serde::Deserialize;

use crate::Error;
use crate::preview::{Fetcher, Names, PreviewSettings};
use crate::scheduled::ScheduledSettings;
use crate::search::{Moved, SearchSettings, Searching};
use crate::store::read;
use crate::view::MessageView;
use crate::writer::{Outlets, Writers};

/// How messages work here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagingSettings {
    /// Writers of this process: two to four; each uses a connection while it writes.
    pub writers: usize,
    /// Changes that may wait for each writer; more are refused as `UNAVAILABLE`.
    pub queue: usize,
    /// How long its author may change a message, hours.
    pub edit_window_h: i64,
    /// How messages are found.
    pub search: SearchSettings,
    /// How messages are sent later.
    pub scheduled: ScheduledSettings,
    /// What is shown of links.
    pub previews: PreviewSettings,
}

impl Default for MessagingSettings {
    fn default() -> Self {
        Self {
            writers: 3,
            queue: 4_096,
            edit_window_h: 24,
            search: SearchSettings::default(),
            scheduled: ScheduledSettings::default(),
            previews: PreviewSettings::default(),
        }
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
    pub(crate) pool: Pool,
    pub(crate) env: Env,
    pub(crate) bus: Bus,
    pub(crate) jobs: Queue,
    pub(crate) writers: Writers,
    edit_window: TimeDelta,
    /// What is to be indexed.
    pub(crate) moved: Moved,
    pub(crate) search: Arc<Searching>,
    pub(crate) scheduled: ScheduledSettings,
    /// Who looks at links; `None`: nobody.
    pub(crate) fetcher: Option<Fetcher>,
}

impl Messaging {
    /// The service over `pool`, which tells `bus` of every change and leaves what follows to `jobs`. Starts the writers on the present runtime.
    pub fn start(pool: Pool, env: Env, bus: &Bus, jobs: &Queue, settings: &MessagingSettings) -> Self {
        let moved = Moved::default();
        let fetcher = fetcher(&settings.previews);
        let outlets = Outlets {
            pool: pool.clone(),
            bus: bus.clone(),
            moved: moved.clone(),
            jobs: fetcher.is_some().then(|| jobs.clone()),
        };
        Self {
            writers: Writers::start(settings.writers, settings.queue, &outlets),
            fetcher,
            moved,
            search: Arc::new(Searching::new(&settings.search)),
            pool,
            env,
            bus: bus.clone(),
            jobs: jobs.clone(),
            scheduled: settings.scheduled,
            edit_window: TimeDelta::hours(settings.edit_window_h),
        }
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

/// Who looks at links, if anybody is to, and can.
fn fetcher(settings: &PreviewSettings) -> Option<Fetcher> {
    if !settings.enabled {
        return None;
    }
    let names = Arc::new(Names::new(settings));
    let fetcher = Fetcher::new(settings, names, reqwest::Client::builder());
    fetcher
        .inspect_err(|fault| tracing::warn!(error = %fault.0, "links get no previews: there is no TLS"))
        .ok()
}
