//! How the gateway fares.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{AdminCaller, Fail, Ok200, State, Yes, bearer};
use crate::metrics::{CONTENT_TYPE, Overview, Snapshot, may_read, text};

/// How the gateway fares.
#[derive(Serialize, ToSchema)]
pub(super) struct MetricsAnswer {
    success: Yes,
    metrics: Overview,
}

/// The gateway's figures, for Prometheus.
///
/// In the text format of OpenMetrics 1.0. Only when the setting `metrics.token` is given, and with it as
/// `Authorization: Bearer <token>`, which is no access token and no API key; else there is no such path. With
/// `metrics.listen` the figures are also served at an address of their own, without a token.
#[utoipa::path(tag = "product",
    responses((status = 200, description = "The figures.",
        content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8", body = String)),
    extensions(("x-errors" = json!(["UNAUTHENTICATED", "RESOURCE_NOT_FOUND"]))))]
#[get("/metrics")]
pub(super) async fn metrics(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Fail> {
    may_read(&state.settings().metrics, bearer(request.headers()))?;
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(text(Snapshot::take(&state).await)))
}

/// How the gateway that answers fares.
///
/// The figures to look at first, of this gateway alone. Prometheus gets all of them from `/metrics`.
#[utoipa::path(tag = "admin", security(("token" = [])),
    responses((status = 200, description = "The figures.", body = MetricsAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])), ("x-errors" = json!(["INSUFFICIENT_PERMISSIONS"]))))]
#[get("/api/metrics")]
pub(super) async fn overview(state: web::Data<State>, _: AdminCaller) -> Result<Ok200<MetricsAnswer>, Fail> {
    let snapshot = Snapshot::take(&state).await;
    Ok(Ok200(MetricsAnswer { success: Yes, metrics: Overview::from(&snapshot) }))
}
