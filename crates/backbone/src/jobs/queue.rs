//! Writing jobs down.

use std::sync::Arc;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use kernel::{Env, Timestamp};
use tokio::sync::Notify;

use super::store::{self, NewJob};
use super::tally::{Tallies, Tally};
use super::{Backlog, Job};

/// Where jobs are written. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue {
    env: Env,
    news: Arc<Notify>,
    tallies: Arc<Tallies>,
}

impl Queue {
    /// A queue whose times are those of `env`.
    pub fn new(env: Env) -> Self {
        Self { env, news: Arc::default(), tallies: Arc::default() }
    }

    /// Writes a job that is due at once, on the connection (best: in the transaction) of the change that it follows from.
    /// Call [`Self::wake`] after the commit.
    ///
    /// # Errors
    /// The query failed, or the job cannot be JSON.
    pub async fn add<J: Job>(&self, tx: &mut AsyncPgConnection, job: &J) -> QueryResult<()> {
        self.add_at(tx, job, self.env.now()).await
    }

    /// Writes a job that is due at `due`.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub async fn add_at<J: Job>(
        &self,
        tx: &mut AsyncPgConnection,
        job: &J,
        due: Timestamp,
    ) -> QueryResult<()> {
        self.add_all(tx, [(job, due)]).await
    }

    /// Writes several jobs of one kind, each with when it is due.
    ///
    /// # Errors
    /// As [`Self::add`]; then none was written, if this is in a transaction.
    pub async fn add_all<'a, J: Job>(
        &self,
        tx: &mut AsyncPgConnection,
        jobs: impl IntoIterator<Item = (&'a J, Timestamp)>,
    ) -> QueryResult<()> {
        let now = self.env.now();
        let row = |(job, due_at): (&J, Timestamp)| {
            let payload = serde_json::to_value(job);
            let payload = payload.map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
            Ok(NewJob { id: self.env.id(), kind: J::KIND, payload, due_at, created_at: now })
        };
        let rows = jobs.into_iter().map(row).collect::<QueryResult<Vec<_>>>()?;
        store::insert(tx, &rows).await
    }

    /// How many jobs of all kinds there are, of all processes and queues.
    ///
    /// # Errors
    /// The query failed.
    pub async fn backlog(&self, conn: &mut AsyncPgConnection) -> QueryResult<Backlog> {
        let (due, later, failed) =
            store::Count { now: self.env.now(), most: Backlog::MOST }.get(conn).await?;
        Ok(Backlog { due, later, failed })
    }

    /// When a job is due that is due at once.
    pub fn now(&self) -> Timestamp {
        self.env.now()
    }

    /// Tells the workers of this process to look now. Without it, and in other processes, they look a second later.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// What became of the tries of this process to do jobs of this queue, by kind.
    pub fn tallies(&self) -> Vec<(&'static str, Tally)> {
        self.tallies.read()
    }

    /// Counts a try.
    pub(super) fn tally(&self, kind: &'static str, count: impl FnOnce(&mut Tally)) {
        self.tallies.note(kind, count);
    }

    /// Waits for [`Self::wake`].
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }
}
