//! Doing jobs.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::QueryResult;
use futures_util::FutureExt;
use kernel::Env;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::backoff::pause;
use super::handlers::{Handler, Handlers, JobError};
use super::store::{self, Take, Taken};
use super::{JobSettings, Queue};
use crate::db::{DbError, Pool};

/// How much of an error is kept, characters.
const ERROR_MAX: usize = 500;
/// How often to remove jobs that were given up long ago.
const FORGET: Duration = Duration::from_secs(3_600);
/// A lease is that much longer than a try may take: a worker stops in time to say that it failed.
const GRACE_MS: i64 = 10_000;

/// The workers of one process. Dropped, they leave at once what they were doing; another worker takes it when the lease
/// has ended.
#[derive(Debug)]
pub struct Workers {
    stopping: watch::Sender<bool>,
    task: JoinHandle<()>,
}

struct Shared {
    pool: Pool,
    env: Env,
    queue: Queue,
    handlers: Handlers,
    settings: JobSettings,
}

impl Workers {
    /// Starts them on the present runtime, which must be the one that the pool is used from. Jobs written by way of
    /// `queue` are begun at once.
    pub fn start(pool: Pool, env: Env, queue: Queue, handlers: Handlers, settings: JobSettings) -> Self {
        let (stopping, stop) = watch::channel(false);
        let shared = Arc::new(Shared { pool, env, queue, handlers, settings });
        Self { stopping, task: tokio::spawn(work(shared, stop)) }
    }

    /// Takes no more jobs and waits for those that are being done.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        let _ = (&mut self.task).await;
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn work(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let every = |period| {
        let mut tick = interval(period);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick
    };
    let mut look = every(Duration::from_millis(shared.settings.poll_ms.max(1)));
    let mut forget = every(FORGET);
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            _ = look.tick() => {}
            () = shared.queue.news() => {}
            Some(_) = running.join_next() => {}
            _ = forget.tick() => {
                shared.forget().await;
                continue;
            }
        }
        let free = shared.settings.concurrency.saturating_sub(running.len());
        for job in shared.take(free).await {
            running.spawn(Arc::clone(&shared).carry_out(job));
        }
    }
    while running.join_next().await.is_some() {}
}

impl Shared {
    /// At most `most` jobs. None while the database is not there.
    async fn take(&self, most: usize) -> Vec<Taken> {
        let (kinds, mut millis) = self.handlers.kinds();
        if most == 0 || kinds.is_empty() {
            return Vec::new();
        }
        millis.iter_mut().for_each(|millis| *millis = millis.saturating_add(GRACE_MS));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let take = Take { kinds: &kinds, millis: &millis, now: self.env.now(), most, lease: self.env.id() };
        let taken = async { Ok::<_, DbError>(take.load(&mut *self.pool.get().await?).await?) }.await;
        taken.unwrap_or_else(|error| {
            tracing::warn!(%error, "jobs could not be read");
            Vec::new()
        })
    }

    async fn carry_out(self: Arc<Self>, mut job: Taken) {
        let Some(handler) = self.handlers.of(&job.kind) else { return };
        let outcome = if exhausted(handler, job.tries.saturating_sub(1)) {
            // Every try ended with its worker, and nobody could say so.
            Err(JobError::never("whoever did it was cut off, each time"))
        } else {
            attempt(handler, job.payload.take()).await
        };
        let noted = match outcome {
            Ok(()) => {
                self.queue.tally(handler.kind, |tally| tally.done += 1);
                self.note(async |conn| store::done(conn, &job).await).await
            }
            Err(error) => self.failed(handler, &job, &error).await,
        };
        if let Err(error) = noted {
            tracing::warn!(%error, kind = job.kind, id = %job.id, "how a job went could not be noted");
        }
    }

    async fn failed(&self, handler: &Handler, job: &Taken, error: &JobError) -> Result<(), DbError> {
        let words = error.cause.to_string().chars().take(ERROR_MAX).collect::<String>();
        let now = self.env.now();
        if error.again && !exhausted(handler, job.tries) {
            let due = now.plus(pause(job.tries, u16::from_le_bytes(self.env.bytes())));
            self.queue.tally(handler.kind, |tally| tally.postponed += 1);
            tracing::warn!(kind = job.kind, id = %job.id, tries = job.tries, error = words, "a job failed");
            return self.note(async |conn| store::postpone(conn, job, due, &words).await).await;
        }
        self.queue.tally(handler.kind, |tally| tally.failed += 1);
        tracing::error!(kind = job.kind, id = %job.id, tries = job.tries, error = words, "a job was given up");
        self.note(async |conn| store::fail(conn, job, now, &words).await).await
    }

    async fn note<T>(
        &self,
        change: impl AsyncFnOnce(&mut diesel_async::AsyncPgConnection) -> QueryResult<T>,
    ) -> Result<T, DbError> {
        let mut conn = self.pool.get().await?;
        Ok(change(&mut conn).await?)
    }

    async fn forget(&self) {
        let before = self.env.now().plus(-TimeDelta::days(self.settings.keep_failed_days.into()));
        if let Err(error) = self.note(async |conn| store::forget(conn, before).await).await {
            tracing::warn!(%error, "old jobs could not be removed");
        }
    }
}

/// Whether a job that was tried so often is to be tried no more.
fn exhausted(handler: &Handler, tried: i32) -> bool {
    u32::try_from(tried).unwrap_or(0) >= handler.tries
}

async fn attempt(handler: &Handler, payload: serde_json::Value) -> Result<(), JobError> {
    let run = AssertUnwindSafe(handler.run(payload)).catch_unwind();
    match timeout(handler.patience, run).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(JobError::again("it panicked")),
        Err(_) => Err(JobError::again("it took too long")),
    }
}
