//! The writers: every durable change of a timeline goes through one of them.
//!
//! While one batch is being committed the next changes queue, and are then written together: a natural group commit,
//! never an artificial delay. A timeline always has the same writer in a process, so changes keep the order in which
//! they were asked for.

mod batch;
mod change;
mod outcome;
mod reading;
mod unit;

use backbone::bus::Bus;
use backbone::db::{DbError, Pool};
use backbone::jobs::Queue;
use kernel::{Grant, Internal};
use tokio::sync::{mpsc, oneshot};

use crate::Error;
use crate::search::Moved;
use batch::Failed;
pub(crate) use change::{Change, Post, Quote, ReactionIntent};
pub(crate) use outcome::Outcome;

/// Changes committed together at most: more gain nothing (measured: the rate is flat from 32 on).
const BATCH: usize = 64;

/// A change that waits to be written.
struct Job {
    grant: Grant,
    change: Change,
    reply: oneshot::Sender<Result<Outcome, Error>>,
}

/// Where the writers write, and who is told. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Outlets {
    pub(crate) pool: Pool,
    pub(crate) bus: Bus,
    /// What is to be indexed.
    pub(crate) moved: Moved,
    /// Where links are left to be looked at; `None`: nobody does.
    pub(crate) jobs: Option<Queue>,
}

/// The queues of the writers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Writers(std::sync::Arc<[mpsc::Sender<Job>]>);

impl Writers {
    /// Starts `count` writers with queues of `places` each. They end when the last clone is dropped.
    pub(crate) fn start(count: usize, places: usize, to: &Outlets) -> Self {
        let queues = (0..count.max(1)).map(|_| {
            let (queue, jobs) = mpsc::channel(places.max(1));
            tokio::spawn(write(jobs, to.clone()));
            queue
        });
        Self(queues.collect())
    }

    /// Writes one change under a grant.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full, else what the change met.
    pub(crate) async fn write(&self, grant: Grant, change: Change) -> Result<Outcome, Error> {
        let (reply, outcome) = oneshot::channel();
        let number = usize::from(grant.timeline().uuid().as_bytes()[15]) % self.0.len();
        let queue = self.0.get(number).ok_or(Error::Busy)?;
        queue.try_send(Job { grant, change, reply }).map_err(|_| Error::Busy)?;
        outcome.await.map_err(Internal::new)?
    }
}

async fn write(mut queue: mpsc::Receiver<Job>, to: Outlets) {
    let mut jobs = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut jobs, BATCH).await > 0 {
        let (changes, replies): (Vec<_>, Vec<_>) =
            jobs.drain(..).map(|job| ((job.grant, job.change), job.reply)).unzip();
        let timelines = changes.iter().map(|(grant, _)| grant.timeline()).collect::<Vec<_>>();
        // A task of its own: a panic is one batch's fault, not the writer's end.
        let done = tokio::spawn(all(changes, to.clone())).await;
        let outcomes = done.unwrap_or_else(|panic| {
            let fault = Error::from(Internal::new(panic));
            replies.iter().map(|_| Err(fault.clone())).collect()
        });
        to.moved.note(timelines);
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            // Who hung up finds the message in the log.
            let _ = reply.send(outcome);
        }
    }
}

/// Writes the changes together or not at all, and tells nobody: for imports.
pub(crate) async fn import(
    pool: &Pool,
    changes: &[(Grant, Change)],
) -> Result<Vec<Result<Outcome, Error>>, DbError> {
    Ok(batch::commit(pool, None, changes).await.map(|(outcomes, _)| outcomes)?)
}

/// Writes the changes together; when the database refuses that, each alone, so that a bad one fails alone.
async fn all(changes: Vec<(Grant, Change)>, to: Outlets) -> Vec<Result<Outcome, Error>> {
    let error = match commit(&to, &changes).await {
        Ok(outcomes) => return outcomes,
        Err(Failed::Before(error @ DbError::Query(_))) if changes.len() > 1 => error,
        Err(failed) => {
            let error = Error::from(DbError::from(failed));
            return changes.iter().map(|_| Err(error.clone())).collect();
        }
    };
    tracing::warn!(%error, changes = changes.len(), "batch refused, writing one by one");
    let mut outcomes = Vec::with_capacity(changes.len());
    for change in changes.chunks(1) {
        match commit(&to, change).await {
            Ok(done) => outcomes.extend(done),
            Err(failed) => outcomes.push(Err(DbError::from(failed).into())),
        }
    }
    outcomes
}

/// Commits the changes that may be made, and publishes what they did in the order of their revs.
async fn commit(to: &Outlets, changes: &[(Grant, Change)]) -> Result<Vec<Result<Outcome, Error>>, Failed> {
    let (outcomes, events) = batch::commit(&to.pool, to.jobs.as_ref(), changes).await?;
    for event in events {
        to.bus.publish(event);
    }
    Ok(outcomes)
}
