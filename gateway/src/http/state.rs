//! What handlers share, and the way from a worker to the services.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use identity::{Credential, Identity};
use tokio::runtime::Handle;

use super::ApiError;
use crate::config::Settings;
use crate::hub::Hub;
use crate::services::Services;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct State(Arc<Inner>);

struct Inner {
    services: Services,
    runtime: Handle,
    hub: Hub,
    settings: Settings,
    /// Requests that are being answered.
    busy: AtomicUsize,
}

/// A request is being answered as long as this lives.
pub(super) struct Answering(State);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

impl State {
    pub(crate) fn new(services: Services, hub: Hub, settings: Settings) -> Self {
        let busy = AtomicUsize::new(0);
        Self(Arc::new(Inner { services, runtime: Handle::current(), hub, settings, busy }))
    }

    /// A request begins to be answered.
    pub(super) fn answering(&self) -> Answering {
        self.0.busy.fetch_add(1, Ordering::AcqRel);
        Answering(self.clone())
    }

    /// How many requests are being answered.
    pub(crate) fn in_flight(&self) -> usize {
        self.0.busy.load(Ordering::Acquire)
    }

    /// Whether no request is being answered and no session is left.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.busy.load(Ordering::Acquire) == 0 && self.0.hub.is_empty()
    }

    /// Runs a use case on the services' runtime and waits for it. It runs to its end even when the client hangs up: a
    /// worker's future can be dropped at any point, a task cannot.
    pub(crate) async fn run<T, E, F>(&self, work: impl FnOnce(Services) -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<ApiError> + Send + 'static,
    {
        let task = self.0.runtime.spawn(work(self.0.services.clone()));
        task.await.map_err(ApiError::unfinished)?.map_err(Into::into)
    }

    /// Who calls with this access token or API key. Here and now, when that needs no IO; else where the services run.
    ///
    /// # Errors
    /// It is no good, or could not be looked up.
    pub(crate) async fn authenticate(&self, token: &str) -> Result<Credential, ApiError> {
        if let Some(known) = self.identity().known(token) {
            return Ok(known?);
        }
        let token = token.to_string();
        self.run(move |services| async move { services.identity.look_up(&token).await }).await
    }

    /// Accounts, for what needs no IO: workers may.
    pub(crate) fn identity(&self) -> &Identity {
        &self.0.services.identity
    }

    pub(crate) fn services(&self) -> &Services {
        &self.0.services
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("busy", &self.0.busy).finish_non_exhaustive()
    }
}
