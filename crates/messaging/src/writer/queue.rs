//! What waits to be written, in the order in which it was asked for.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::{Grant, TimelineId};
use tokio::sync::{Notify, oneshot};

use super::{Change, Outcome};
use crate::Error;

/// Where what became of a change is told.
pub(super) type Reply = oneshot::Sender<Result<Outcome, Error>>;

/// A change that waits to be written.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) grant: Grant,
    pub(super) change: Change,
    pub(super) reply: Reply,
}

/// A queue of bounded length. A timeline is in one batch at a time, so its changes keep their order.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
    places: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Boxed: they are taken out of the middle while a place is slow.
    jobs: VecDeque<Box<Job>>,
    /// The timelines of batches that are being written.
    held: HashSet<TimelineId>,
    closed: bool,
}

/// The timelines of a batch: no other batch has jobs of them until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    queue: Arc<Queue>,
    timelines: HashSet<TimelineId>,
}

impl Queue {
    pub(super) fn new(places: usize) -> Self {
        Self { waiting: Mutex::default(), news: Notify::new(), places }
    }

    /// Puts a job at the end.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full.
    pub(super) fn put(&self, job: Job) -> Result<(), Error> {
        let mut waiting = self.waiting();
        if waiting.closed || waiting.jobs.len() >= self.places {
            return Err(Error::Busy);
        }
        waiting.jobs.push_back(Box::new(job));
        drop(waiting);
        self.news.notify_one();
        Ok(())
    }

    /// The first jobs, at most so many, of timelines that are in no other batch, as soon as there are some. `None` when the
    /// queue is closed and empty. One at a time may wait here.
    pub(super) async fn batch(self: &Arc<Self>, most: usize) -> Option<(Vec<Job>, Held)> {
        loop {
            {
                let mut waiting = self.waiting();
                let Waiting { jobs, held, closed } = &mut *waiting;
                let batch = pick(jobs, most, |job| !held.contains(&job.grant.timeline()));
                if !batch.is_empty() {
                    let timelines = batch.iter().map(|job| job.grant.timeline()).collect::<HashSet<_>>();
                    held.extend(&timelines);
                    return Some((batch, Held { queue: Arc::clone(self), timelines }));
                }
                if *closed && jobs.is_empty() {
                    return None;
                }
            }
            self.news.notified().await;
        }
    }

    /// How many wait, and how many may.
    pub(super) fn fill(&self) -> (usize, usize) {
        (self.waiting().jobs.len(), self.places)
    }

    /// Nothing more is put there.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.news.notify_one();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Jobs of these timelines that can still go along, at most so many.
    pub(super) fn join(&self, most: usize, fits: impl Fn(&Grant, &Change) -> bool) -> Vec<Job> {
        let here = |job: &Job| self.timelines.contains(&job.grant.timeline());
        pick(&mut self.queue.waiting().jobs, most, |job| here(job) && fits(&job.grant, &job.change))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.queue.waiting().held.retain(|timeline| !self.timelines.contains(timeline));
        self.queue.news.notify_one();
    }
}

/// Takes the first jobs that fit, at most so many. In its timeline nobody is overtaken.
fn pick(jobs: &mut VecDeque<Box<Job>>, most: usize, fits: impl Fn(&Job) -> bool) -> Vec<Job> {
    let (mut picked, mut left, mut at) = (Vec::new(), HashSet::new(), 0);
    while let Some(job) = jobs.get(at).filter(|_| picked.len() < most) {
        let timeline = job.grant.timeline();
        if !left.contains(&timeline) && fits(job) {
            picked.extend(jobs.remove(at).map(|job| *job));
        } else {
            left.insert(timeline);
            at += 1;
        }
    }
    picked
}
