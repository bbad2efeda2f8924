//! Is it well?

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use kernel::Timestamp;
use serde::Serialize;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use crate::http::State;

/// How long a part may take to show that it lives.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a part, or the whole, is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = HealthStatus)]
enum Status {
    /// All is well.
    Ok,
    /// It works, without a part that it can do without.
    Degraded,
    /// It does not work.
    Down,
}

/// How a part is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HealthPart)]
struct Part {
    status: Status,
    /// How long the part took to answer, milliseconds.
    #[schema(example = 0.4)]
    latency_ms: Option<f64>,
}

/// How the gateway and its parts are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HealthAnswer {
    /// Whether the gateway does its work.
    #[schema(example = true)]
    success: bool,
    status: Status,
    #[schema(example = "0.1.0")]
    version: &'static str,
    timestamp: Timestamp,
    services: Services,
}

/// The parts.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthServices)]
struct Services {
    /// PostgreSQL: nothing works without it.
    database: Part,
    /// Redis: without it events between gateways arrive seconds later.
    bus: Part,
}

/// Is it well?
///
/// Public. 503 when the database is down; `degraded` when Redis is: chat goes on, more slowly between gateways.
#[utoipa::path(get, path = "/health", tag = "product",
    responses((status = 200, description = "It works.", body = HealthAnswer),
        (status = 503, description = "It does not work.", body = HealthAnswer)),
    extensions(("x-aliases" = json!(["GET /api/health"]))))]
#[routes]
#[get("/health")]
#[get("/api/health")]
pub(super) async fn health(state: web::Data<State>) -> HttpResponse {
    let started = Instant::now();
    let ping = state.run(|s| async move { s.pool.ping().await });
    let alive = matches!(timeout(PATIENCE, ping).await, Ok(Ok(())));
    let database = Part {
        status: if alive { Status::Ok } else { Status::Down },
        latency_ms: alive.then(|| millis(started.elapsed())),
    };
    let bus = state.services().bus.health();
    let bus =
        Part { status: if bus.up { Status::Ok } else { Status::Down }, latency_ms: bus.latency.map(millis) };
    let status = match (database.status, bus.status) {
        (Status::Down, _) => Status::Down,
        (_, Status::Down) => Status::Degraded,
        _ => Status::Ok,
    };
    let code = if alive { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(code).json(HealthAnswer {
        success: alive,
        status,
        version: env!("CARGO_PKG_VERSION"),
        timestamp: state.services().env.now(),
        services: Services { database, bus },
    })
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
