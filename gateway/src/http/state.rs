//! What handlers share, and the way from a worker to the services.

use std::future::Future;
use std::sync::Arc;

use identity::Identity;
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
}

impl State {
    pub(crate) fn new(services: Services, hub: Hub, settings: Settings) -> Self {
        Self(Arc::new(Inner { services, runtime: Handle::current(), hub, settings }))
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
        task.await.map_err(ApiError::panicked)?.map_err(Into::into)
    }

    /// Checking a token needs no IO: workers may.
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
