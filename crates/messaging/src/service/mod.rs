//! The use cases of messages.

mod announce;
pub(crate) mod changes;
pub(crate) mod clips;
pub(crate) mod conversations;
mod deliver;
mod edit;
pub(crate) mod edit_history;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod marks;
mod personal;
mod pins;
pub(crate) mod purge;
mod react;
mod send;
mod settings;
mod stats;
mod sweep;
pub(crate) mod thread;
pub(crate) mod transcript;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use backbone::jobs::Queue;
use chrono::TimeDelta;
use kernel::{Env, MessageId, Seq, TimelineId, UserId};
use quick_cache::sync::Cache;

use crate::delivery::Delivered;
use crate::model::TimelineKind;
use crate::preview::{Fetcher, Names, PreviewSettings};
use crate::scheduled::ScheduledSettings;
use crate::screen::{Passed, Screen, Writing};
use crate::search::{Moved, Searching};
use crate::store::read;
use crate::view::MessageView;
use crate::writer::{Outlets, WriterStats, Writers};
use crate::{Error, fence};
pub use settings::MessagingSettings;

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
    /// What a timeline belongs to never changes.
    kinds: Arc<Cache<TimelineId, TimelineKind>>,
    screen: Option<Arc<dyn Screen>>,
    /// What all files of a server may take, bytes.
    server_room: Option<u64>,
    pins_max: i64,
    delivered: Delivered,
    /// What is to be indexed.
    pub(crate) moved: Moved,
    pub(crate) search: Arc<Searching>,
    pub(crate) scheduled: ScheduledSettings,
    /// Who looks at links; `None`: nobody.
    pub(crate) fetcher: Option<Fetcher>,
}

/// Timelines whose kind is remembered.
const KINDS: usize = 100_000;

impl Messaging {
    /// The service over `pool`, which tells `bus` of every change and leaves what follows to `jobs`. Starts the writers on the
    /// present runtime.
    pub fn start(pool: Pool, env: Env, bus: &Bus, jobs: &Queue, settings: &MessagingSettings) -> Self {
        let moved = Moved::default();
        let fetcher = fetcher(&settings.previews);
        let outlets = Outlets {
            pool: pool.clone(),
            bus: bus.clone(),
            moved: moved.clone(),
            figures: Arc::default(),
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
            kinds: Arc::new(Cache::new(KINDS)),
            pins_max: settings.pins_max,
            delivered: Delivered::default(),
            screen: None,
            server_room: None,
        }
    }

    /// How the writers fare.
    pub fn writers(&self) -> WriterStats {
        self.writers.stats()
    }

    /// The same service, with so many bytes for all files in the channels of a server.
    #[must_use]
    pub fn with_room(self, bytes: Option<u64>) -> Self {
        Self { server_room: bytes, ..self }
    }

    /// The same service, with somebody who looks at what people write before it is stored.
    #[must_use]
    pub fn screened_by(self, screen: Arc<dyn Screen>) -> Self {
        Self { screen: Some(screen), ..self }
    }

    /// Has somebody look at what is to be written, if there is somebody who does.
    async fn look(&self, writing: Writing<'_>) -> Result<Passed, Error> {
        match &self.screen {
            Some(screen) => screen.look(writing).await,
            None => Ok(Passed::free()),
        }
    }

    /// Whom somebody reaches by naming them, to be read *before* who is blocked (see [`Mentions::within`]).
    ///
    /// [`Mentions::within`]: crate::mentions::Mentions::within
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn reach(&self, user: UserId) -> Result<fence::Reach, Error> {
        let mut conn = self.pool.get().await?;
        Ok(fence::reach(&mut conn, user).await?)
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
