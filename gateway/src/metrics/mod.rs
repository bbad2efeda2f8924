//! How the gateway fares, in figures: for Prometheus at `/metrics`, for administrators at `/api/metrics`.
//!
//! What happens is counted where it happens, in plain numbers: on a worker by its own [`Traffic`], which no other thread
//! touches, elsewhere by atomics, in the crates by their own `stats`. Only who asks pays for more: [`Snapshot`] gathers
//! everything, and [`text`] and [`Overview`] say it.

mod access;
mod chores;
mod http;
mod listener;
mod moment;
mod overview;
mod retries;
mod settings;
mod snapshot;
mod text;
mod traffic;

use std::sync::Arc;

use kernel::{Env, Timestamp};

pub(crate) use access::may_read;
pub(crate) use chores::{Chore, Chores};
pub(crate) use http::{Http, method_name};
pub(crate) use listener::{Listener, listen};
pub(crate) use moment::Moment;
pub(crate) use overview::Overview;
pub(crate) use retries::Retries;
pub use settings::MetricsSettings;
pub(crate) use snapshot::Snapshot;
pub(crate) use text::{CONTENT_TYPE, text};
pub(crate) use traffic::{CommandOutcome, Traffic, TrafficFigures};

/// What is counted once for the whole gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Figures(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Timestamp,
    http: Http,
    chores: Chores,
    retries: Retries,
}

impl Figures {
    /// Nothing was counted yet.
    pub(crate) fn new(env: &Env) -> Self {
        let (http, chores, retries) = (Http::default(), Chores::default(), Retries::default());
        Self(Arc::new(Inner { started: env.now(), http, chores, retries }))
    }

    /// When the gateway was started.
    fn started(&self) -> Timestamp {
        self.0.started
    }

    /// Requests.
    pub(crate) fn http(&self) -> &Http {
        &self.0.http
    }

    /// What runs in the background.
    pub(crate) fn chores(&self) -> &Chores {
        &self.0.chores
    }

    /// Acts that were tried again.
    pub(crate) fn retries(&self) -> &Retries {
        &self.0.retries
    }
}
