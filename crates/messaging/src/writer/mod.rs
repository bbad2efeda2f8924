//! The writers: every durable change of a timeline goes through one of them.
//!
//! While one batch is being committed the next changes queue, and are then written together; and what comes while a batch is
//! prepared goes with it: a natural group commit, never an artificial delay. A timeline always has the same writer in a
//! process, so changes keep the order in which they were asked for.

mod batch;
mod change;
mod figures;
mod outcome;
mod queue;
mod reading;
mod unit;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::{DbError, Pool};
use backbone::jobs;
use kernel::{Grant, Internal};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::Error;
use crate::search::Moved;
use batch::{Failed, Fits};
pub(crate) use change::{Change, Post, Quote, ReactionIntent};
pub(crate) use figures::Figures;
pub use figures::WriterStats;
pub(crate) use outcome::Outcome;
use queue::{Job, Queue, Reply};

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

/// The queues of the writers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Writers {
    queues: Arc<Queues>,
    figures: Arc<Figures>,
}

#[derive(Debug)]
struct Queues(Vec<Arc<Queue>>);

impl Drop for Queues {
    fn drop(&mut self) {
        self.0.iter().for_each(|queue| queue.close());
    }
}

impl Writers {
    /// Starts `count` writers with queues of `places` each. They end when the last clone is dropped.
    pub(crate) fn start(count: usize, places: usize, to: &Outlets) -> Self {
        let queues = (0..count.max(1)).map(|_| {
            let queue = Arc::new(Queue::new(places.max(1)));
            tokio::spawn(write(Arc::clone(&queue), to.clone()));
            queue
        });
        Self { queues: Arc::new(Queues(queues.collect())), figures: Arc::clone(&to.figures) }
    }

    /// Writes one change under a grant.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full, else what the change met.
    pub(crate) async fn write(&self, grant: Grant, change: Change) -> Result<Outcome, Error> {
        let (reply, outcome) = oneshot::channel();
        let queues = &self.queues.0;
        let number = usize::from(grant.timeline().uuid().as_bytes()[15]) % queues.len();
        let queue = queues.get(number).ok_or(Error::Busy)?;
        queue.put(Job { grant, change, reply }).map_err(|_full| self.figures.busy())?;
        // The server stops, or the batch panicked: what became of it is not known.
        outcome.await.map_err(|gone| DbError::Unavailable(Internal::new(gone)))?
    }

    /// How they fare.
    pub(crate) fn stats(&self) -> WriterStats {
        self.figures.read(self.queues.0.iter().map(|queue| queue.fill()).collect())
    }
}

async fn write(queue: Arc<Queue>, to: Outlets) {
    while let Some(jobs) = queue.batch(batch::MOST).await {
        // A task of its own: a panic is one batch's fault, not the writer's end. Who waits for it is told by their replies'
        // end.
        if let Err(panic) = tokio::spawn(all(jobs, Arc::clone(&queue), to.clone())).await {
            tracing::error!(%panic, "a batch of changes was not written");
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

/// Writes the changes together, and those that come while they are prepared; when the database refuses that, each alone, so
/// that a bad one fails alone.
async fn all(jobs: Vec<Job>, queue: Arc<Queue>, to: Outlets) {
    let (mut changes, mut replies) = apart(jobs);
    let late = |most: usize, fits: &Fits<'_>| {
        let (late, waiting) = apart(queue.take_while(most, fits));
        replies.extend(waiting);
        late
    };
    let outcomes = match commit(&to, &mut changes, late).await {
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
