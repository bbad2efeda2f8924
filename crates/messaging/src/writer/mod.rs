//! The writers: every durable change of a timeline goes through one of them.
//!
//! While one batch is being committed the next changes queue, and are then written together; and what comes while a batch is
//! prepared goes with it: a natural group commit, never an artificial delay. One batch is written at a time, for the larger
//! batches are the less each change costs; when one takes long, for something that it waits for, another writer goes on with
//! the other timelines. A timeline is in one batch at a time, so changes keep the order in which they were asked for.

mod batch;
mod change;
mod figures;
mod outcome;
mod queue;
mod reading;
mod unit;

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backbone::bus::Bus;
use backbone::db::{DbError, Pool};
use backbone::jobs;
use futures_util::FutureExt;
use kernel::{Grant, Internal};
use tokio::sync::{Mutex, oneshot};
use tokio::time::{Instant, timeout};

use crate::Error;
use crate::search::Moved;
use batch::{Failed, Fits};
pub(crate) use change::{Change, Post, Quote, ReactionIntent};
pub(crate) use figures::Figures;
pub use figures::WriterStats;
pub(crate) use outcome::Outcome;
use queue::{Held, Job, Queue, Reply};

/// How long the other writers wait for a batch. It takes some milliseconds where the disk is not slow (see
/// `docs/performance.md`), so that what takes longer waits for something: a lock, or a database that is away.
const PATIENCE: Duration = Duration::from_millis(25);

/// Where the writers write, and who is told. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Outlets {
    pub(crate) pool: Pool,
    pub(crate) bus: Bus,
    /// What is to be indexed.
    pub(crate) moved: Moved,
    /// How the writers fare.
    pub(crate) figures: Arc<Figures>,
    /// Where links are left to be looked at; `None`: nobody does.
    pub(crate) jobs: Option<jobs::Queue>,
}

/// The writers and what waits for them. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Writers {
    open: Arc<Open>,
    figures: Arc<Figures>,
}

/// The queue, to be closed when nobody can put anything there any more.
#[derive(Debug)]
struct Open(Arc<Queue>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Writers {
    /// Starts `count` writers with a queue of `places`. They end when the last clone is dropped.
    pub(crate) fn start(count: usize, places: usize, to: &Outlets) -> Self {
        let queue = Arc::new(Queue::new(places.max(1)));
        let turn = Arc::new(Mutex::new(()));
        for _ in 0..count.max(1) {
            tokio::spawn(write(Arc::clone(&queue), Arc::clone(&turn), to.clone()));
        }
        Self { open: Arc::new(Open(queue)), figures: Arc::clone(&to.figures) }
    }

    /// Writes one change under a grant.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full, else what the change met.
    pub(crate) async fn write(&self, grant: Grant, change: Change) -> Result<Outcome, Error> {
        let (reply, outcome) = oneshot::channel();
        self.open.0.put(Job { grant, change, reply }).map_err(|_full| self.figures.busy())?;
        // The server stops, or the batch panicked: what became of it is not known.
        outcome.await.map_err(|gone| DbError::Unavailable(Internal::new(gone)))?
    }

    /// How they fare.
    pub(crate) fn stats(&self) -> WriterStats {
        self.figures.read(self.open.0.fill())
    }
}

/// A writer: whose turn it is takes the next batch, and writes it.
async fn write(queue: Arc<Queue>, turn: Arc<Mutex<()>>, to: Outlets) {
    loop {
        let mine = turn.lock().await;
        let Some((jobs, held)) = queue.batch(batch::MOST).await else { return };
        // A panic is one batch's fault, not the writer's end. Who waits for it is told by their replies' end.
        let mut written = pin!(AssertUnwindSafe(all(jobs, held, to.clone())).catch_unwind());
        let written = match timeout(PATIENCE, &mut written).await {
            Ok(written) => written,
            Err(_) => {
                drop(mine);
                written.await
            }
        };
        if written.is_err() {
            tracing::error!("a batch of changes was not written: it panicked");
        }
    }
}

/// Writes the messages together or not at all, and tells nobody: for imports.
pub(crate) async fn import(
    pool: &Pool,
    mut changes: Vec<(Grant, Change)>,
) -> Result<Vec<Result<Outcome, Error>>, DbError> {
    Ok(batch::commit(pool, None, &mut changes, |_, _| Vec::new()).await.map(|(outcomes, _)| outcomes)?)
}

/// Writes the changes together, and those that come while they are prepared. When the database refuses that, without joining
/// anybody, for then it is known who was sent before; and then each alone, so that a bad one fails alone.
async fn all(jobs: Vec<Job>, held: Held, to: Outlets) {
    let (mut changes, mut replies) = apart(jobs);
    let alone = replies.len();
    let late = |most: usize, fits: &Fits<'_>| {
        let (late, waiting) = apart(held.join(most, fits));
        replies.extend(waiting);
        late
    };
    let mut written = commit(&to, &mut changes, late).await;
    if changes.len() > alone && matches!(written, Err(Failed::Before(DbError::Query(_)))) {
        written = commit(&to, &mut changes, |_, _| Vec::new()).await;
    }
    let outcomes = match written {
        Ok(outcomes) => outcomes,
        Err(Failed::Before(DbError::Query(error))) if changes.len() > 1 => {
            tracing::warn!(%error, changes = changes.len(), "batch refused, writing one by one");
            one_by_one(&to, changes.clone()).await
        }
        Err(failed) => {
            let error = Error::from(DbError::from(failed));
            changes.iter().map(|_| Err(error.clone())).collect()
        }
    };
    to.moved.note(changes.iter().map(|(grant, _)| grant.timeline()));
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // Who hung up finds the message in the log.
        let _ = reply.send(outcome);
    }
}

/// What is to be written, and who waits for it.
fn apart(jobs: Vec<Job>) -> (Vec<(Grant, Change)>, Vec<Reply>) {
    jobs.into_iter().map(|Job { grant, change, reply }| ((grant, change), reply)).unzip()
}

async fn one_by_one(to: &Outlets, changes: Vec<(Grant, Change)>) -> Vec<Result<Outcome, Error>> {
    let mut outcomes = Vec::with_capacity(changes.len());
    for change in changes {
        match commit(to, &mut vec![change], |_, _| Vec::new()).await {
            Ok(done) => outcomes.extend(done),
            Err(failed) => outcomes.push(Err(DbError::from(failed).into())),
        }
    }
    outcomes
}

/// Commits the changes that may be made, and publishes what they did in the order of their revs.
async fn commit(
    to: &Outlets,
    changes: &mut Vec<(Grant, Change)>,
    late: impl FnOnce(usize, &Fits<'_>) -> Vec<(Grant, Change)>,
) -> Result<Vec<Result<Outcome, Error>>, Failed> {
    let begun = Instant::now();
    let (outcomes, events) = batch::commit(&to.pool, to.jobs.as_ref(), changes, late).await?;
    to.figures.committed(changes.len(), begun);
    for event in events {
        to.bus.publish(event);
    }
    Ok(outcomes)
}
