//! Starting and stopping the whole.

use std::net::SocketAddr;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::ServerHandle;
use actix_web::http::{Method, header};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, web};
use backbone::jobs::Workers;
use kernel::{Env, Internal};
use tokio::task::JoinHandle;

use crate::config::Settings;
use crate::contract::Documents;
use crate::http::{State, canonical};
use crate::hub::Hub;
use crate::listen::{Options, listen};
use crate::metrics::{self, Listener};
use crate::presence::Presence;
use crate::routes;
use crate::services::Services;
use crate::ws::Heart;
use crate::{limits, page, workers};

/// How long a preflight's answer may be kept, seconds.
const PREFLIGHT: usize = 3_600;
/// How long clients have to take leave before the sockets are closed.
const FAREWELL: Duration = Duration::from_millis(300);
/// How long clients have to read the last of what is sent to them, when nothing else is left to be done.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How often to look whether anything is left to be done.
const LOOK: Duration = Duration::from_millis(50);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nobody can listen there.
    #[error("cannot listen on {host}:{port}: {source}; choose another with GUILDHALL__HTTP__PORT")]
    Bind {
        /// The address.
        host: String,
        /// The port.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
    /// Nobody can listen for `/metrics` there.
    #[error(
        "cannot listen on {address} for /metrics: {source}; choose another with GUILDHALL__METRICS__LISTEN"
    )]
    BindMetrics {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A part did not start.
    #[error("cannot start: {}", .0.0)]
    Part(#[from] Internal),
}

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it works with.
    pub services: Services,
    /// Where `/metrics` alone is served.
    pub metrics: Option<SocketAddr>,
    hub: Hub,
    state: State,
    scraped: Option<Listener>,
    handle: ServerHandle,
    server: JoinHandle<std::io::Result<()>>,
    chores: JoinHandle<()>,
    presence: JoinHandle<()>,
    voice: JoinHandle<()>,
    jobs: Workers,
    conversions: Workers,
    /// How long a graceful stop may take.
    patience: Duration,
}

/// Starts a server. Call it on a runtime with several threads.
///
/// # Errors
/// The address is taken, or a part did not start.
pub async fn start(settings: Settings, env: Env) -> Result<Running, StartError> {
    let services = Services::start(&settings, env)?;
    // Before the first request: a revoked token must not work even for a moment. Without a database nothing works yet,
    // and the hub reads them as soon as there is one.
    if let Err(error) = services.identity.read_revocations().await {
        tracing::warn!(%error, "revoked sessions could not be read");
    }
    let hub = Hub::start(&services);
    let state = State::new(services.clone(), hub.clone(), settings.clone());
    let shared = web::Data::new(state.clone());
    let documents = web::Data::new(Documents::new(&settings)?);
    let origins = settings.http.allowed_origins.clone();
    let (shards, heart) = (hub.clone(), Heart::new(&settings.ws));
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .app_data(documents.clone())
            .app_data(shards.shard(heart))
            .configure(routes::table)
            .configure(page::files)
            .default_service(web::to(routes::not_found))
            .wrap(from_fn(limits::count))
            .wrap(Compress::default())
            .wrap(cors(&origins))
            .wrap(from_fn(canonical))
    };
    let http = &settings.http;
    let workers = match http.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        some => some,
    };
    let patience = Duration::from_secs(http.client_timeout_s);
    let options = Options { workers, patience, shutdown_s: http.shutdown_s };
    let (server, address) = listen((http.host.as_str(), http.port), options, app)
        .map_err(|source| StartError::Bind { host: http.host.clone(), port: http.port, source })?;
    let handle = server.handle();
    let scraped = settings.metrics.address().map(|address| {
        metrics::listen(address, &state).map_err(|source| StartError::BindMetrics { address, source })
    });
    let scraped = scraped.transpose()?;
    let chores = tokio::spawn(workers::run(services.clone(), settings.workers.clone()));
    let presence = tokio::spawn(Presence::run(services.clone()));
    let sockets = hub.clone();
    let voice =
        tokio::spawn(services.voice.clone().run(move |user, session| sockets.has_socket(user, session)));
    let jobs = workers::jobs(&services, settings.jobs);
    let conversions = workers::conversions(&services, settings.jobs, settings.media.convert.at_once);
    let patience = Duration::from_secs(settings.http.shutdown_s);
    Ok(Running {
        address,
        services,
        metrics: scraped.as_ref().map(Listener::address),
        hub,
        state,
        scraped,
        handle,
        server: tokio::spawn(server),
        chores,
        presence,
        voice,
        jobs,
        conversions,
        patience,
    })
}

impl Running {
    /// Stops gracefully: tells sessions to come back elsewhere, lets requests and jobs end, then closes.
    pub async fn stop(self) {
        self.hub.farewell();
        tokio::time::sleep(FAREWELL).await;
        tokio::select! {
            () = self.handle.stop(true) => {}
            // Only connections are left whose peers do not read, and actix would wait for them.
            () = self.is_done() => self.server.abort(),
        }
        if let Some(scraped) = self.scraped {
            scraped.stop().await;
        }
        self.chores.abort();
        self.presence.abort();
        self.voice.abort();
        // What is not done by then is taken by another gateway, or after the next start, when its lease has ended.
        let ended = futures_util::future::join(self.jobs.stop(), self.conversions.stop());
        let _ = tokio::time::timeout(self.patience, ended).await;
        let _ = self.server.await;
    }

    async fn is_done(&self) {
        while !self.state.is_idle() {
            tokio::time::sleep(LOOK).await;
        }
        tokio::time::sleep(LAST_WORDS).await;
    }

    /// Waits until the server ends by itself, which it does not while all is well.
    ///
    /// # Errors
    /// What ended it.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        (&mut self.server).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}

/// What pages of other origins may read of an answer beside its body.
const EXPOSED: [&str; 8] = [
    "x-request-id",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "etag",
    "accept-ranges",
    "content-range",
    "content-disposition",
];

/// Which pages of other origins may call.
fn cors(origins: &[String]) -> Cors {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    origins
        .iter()
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allowed_methods(methods)
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::RANGE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
        ])
        .expose_headers(EXPOSED)
        .max_age(PREFLIGHT)
}
