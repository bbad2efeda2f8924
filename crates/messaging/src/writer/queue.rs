//! What waits to be written by one writer, in the order in which it was asked for.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::Grant;
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

/// A queue of bounded length with one reader.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
    places: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
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
        waiting.jobs.push_back(job);
        drop(waiting);
        self.news.notify_one();
        Ok(())
    }

    /// The first jobs, at most so many, as soon as there are some. `None` when the queue is closed and all are done.
    pub(super) async fn batch(&self, most: usize) -> Option<Vec<Job>> {
        loop {
            {
                let mut waiting = self.waiting();
                if !waiting.jobs.is_empty() {
                    let most = most.min(waiting.jobs.len());
                    return Some(waiting.jobs.drain(..most).collect());
                }
                if waiting.closed {
                    return None;
                }
            }
            self.news.notified().await;
        }
    }

    /// The first jobs, at most so many, up to one that does not fit: nobody is overtaken.
    pub(super) fn take_while(&self, most: usize, fits: impl Fn(&Grant, &Change) -> bool) -> Vec<Job> {
        let mut waiting = self.waiting();
        let fitting = waiting.jobs.iter().take(most).take_while(|job| fits(&job.grant, &job.change)).count();
        waiting.jobs.drain(..fitting).collect()
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
