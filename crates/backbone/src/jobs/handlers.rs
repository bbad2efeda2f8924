//! Who does which kind of job.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Job;

/// Why a job is not done.
#[derive(Debug)]
pub struct JobError {
    pub(super) again: bool,
    pub(super) cause: Box<dyn std::error::Error + Send + Sync>,
}

impl JobError {
    /// It may go better another time.
    pub fn again(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { again: true, cause: cause.into() }
    }

    /// It will never be done: no further try.
    pub fn never(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { again: false, cause: cause.into() }
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for JobError {
    fn from(error: E) -> Self {
        Self::again(error)
    }
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// How one kind is done.
#[derive(Clone)]
pub(super) struct Handler {
    pub(super) kind: &'static str,
    pub(super) patience: Duration,
    pub(super) tries: u32,
    run: Arc<dyn Fn(Value) -> Outcome + Send + Sync>,
}

impl Handler {
    pub(super) fn run(&self, payload: Value) -> Outcome {
        (self.run)(payload)
    }
}

/// The kinds of jobs that a process does, and how. Kinds that it does not know are left to others.
#[derive(Clone, Default)]
pub struct Handlers(HashMap<&'static str, Handler>);

impl Handlers {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Jobs of the kind `J` are done by `handle`. The last one given for a kind counts.
    #[must_use]
    pub fn on<J, F, Fut>(mut self, handle: F) -> Self
    where
        J: Job,
        F: Fn(J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let handle = Arc::new(handle);
        let run = move |payload| -> Outcome {
            let handle = Arc::clone(&handle);
            Box::pin(async move {
                let job = serde_json::from_value::<J>(payload).map_err(JobError::never)?;
                handle(job).await
            })
        };
        let handler = Handler { kind: J::KIND, patience: J::PATIENCE, tries: J::TRIES, run: Arc::new(run) };
        self.0.insert(J::KIND, handler);
        self
    }

    pub(super) fn of(&self, kind: &str) -> Option<&Handler> {
        self.0.get(kind)
    }

    /// Each kind with how long one try of it may take, milliseconds.
    pub(super) fn kinds(&self) -> (Vec<&'static str>, Vec<i64>) {
        let millis = |handler: &Handler| i64::try_from(handler.patience.as_millis()).unwrap_or(i64::MAX);
        self.0.iter().map(|(kind, handler)| (*kind, millis(handler))).unzip()
    }
}

impl std::fmt::Debug for Handlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
