//! An address where `GET /metrics` is served and nothing else, to whoever reaches it.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use tokio::task::JoinHandle;

use super::{CONTENT_TYPE, Snapshot, text};
use crate::http::State;

/// A listener that runs.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
}

/// Listens there, on a thread of its own: it answers when the workers do not.
///
/// # Errors
/// Nobody can listen there.
pub(crate) fn listen(address: SocketAddr, state: &State) -> std::io::Result<Listener> {
    let state = web::Data::new(state.clone());
    let server =
        HttpServer::new(move || App::new().app_data(state.clone()).route("/metrics", web::get().to(metrics)));
    let server = server.workers(1).disable_signals().shutdown_timeout(1).bind(address)?;
    let address = server.addrs().first().copied().unwrap_or(address);
    let server = server.run();
    Ok(Listener { address, handle: server.handle(), task: tokio::spawn(server) })
}

async fn metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(text(Snapshot::take(&state).await))
}

impl Listener {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it.
    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
        let _ = self.task.await;
    }
}
