//! The job queue, over a real database: what is written is done, once, in time, whatever happens to workers.

mod failing;
mod leases;
mod working;

use std::sync::{Arc, Mutex};

use backbone::db::{DbSettings, Pool};
use backbone::jobs::{Handlers, Job, JobSettings, Queue, Workers};
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use kernel::{Env, SystemEntropy};
use serde::{Deserialize, Serialize};
use tests::App;

/// A job that says its number.
#[derive(Debug, Serialize, Deserialize)]
struct Count {
    number: usize,
}

impl Job for Count {
    const KIND: &'static str = "test.count";
    const TRIES: u32 = 3;
}

/// What stands in the table of a job that is not done.
#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    tries: i32,
    #[diesel(sql_type = Bool)]
    failed: bool,
    #[diesel(sql_type = Nullable<Text>)]
    last_error: Option<String>,
}

/// A database with the table, and the clock that everybody goes by.
struct Yard {
    app: App,
    pool: Pool,
    env: Env,
    queue: Queue,
}

impl Yard {
    async fn open() -> Self {
        let app = App::start().await;
        let pool = Pool::open(&DbSettings { url: app.database_url(), ..DbSettings::default() }).unwrap();
        let env = Env::new(app.clock.clone(), Arc::new(SystemEntropy));
        let queue = Queue::new(env.clone());
        Self { app, pool, env, queue }
    }

    /// Writes jobs with these numbers, all due now.
    async fn add(&self, numbers: impl IntoIterator<Item = usize>) {
        let jobs = numbers.into_iter().map(|number| Count { number }).collect::<Vec<_>>();
        let now = self.env.now();
        let mut conn = self.pool.get().await.unwrap();
        self.queue.add_all(&mut conn, jobs.iter().map(|job| (job, now))).await.unwrap();
        self.queue.wake();
    }

    /// Workers of another process: they hear of jobs by looking only.
    fn workers(&self, handlers: Handlers) -> Workers {
        self.workers_with(handlers, JobSettings { poll_ms: 20, ..JobSettings::default() })
    }

    fn workers_with(&self, handlers: Handlers, settings: JobSettings) -> Workers {
        Workers::start(self.pool.clone(), self.env.clone(), Queue::new(self.env.clone()), handlers, settings)
    }

    /// The jobs that are not done.
    async fn rows(&self) -> Vec<Row> {
        let text = "SELECT tries, failed_at IS NOT NULL AS failed, last_error FROM jobs ORDER BY id";
        sql_query(text).load(&mut self.pool.get().await.unwrap()).await.unwrap()
    }

    async fn is_empty(&self) -> bool {
        self.rows().await.is_empty()
    }
}

/// The numbers that were done, in order.
#[derive(Clone, Default)]
struct Done(Arc<Mutex<Vec<usize>>>);

impl Done {
    fn note(&self, job: &Count) {
        self.0.lock().unwrap().push(job.number);
    }

    fn all(&self) -> Vec<usize> {
        self.0.lock().unwrap().clone()
    }

    /// Handlers that do nothing but note the number.
    fn handlers(&self) -> Handlers {
        let done = self.clone();
        Handlers::new().on(move |job: Count| {
            done.note(&job);
            async { Ok(()) }
        })
    }
}
