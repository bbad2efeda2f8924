//! One canonical line a request, with an id that the caller gets too. A panic ends one request, not the server.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use futures_util::FutureExt;
use identity::Credential;
use kernel::Code;

use super::{ApiError, State};
use crate::metrics::method_name;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: RefCell<Option<String>>;
}

/// The id of the request that the present task answers.
pub(super) fn current_request_id() -> Option<String> {
    CURRENT.try_with(|id| id.borrow().clone()).ok().flatten()
}

/// The middleware.
pub(crate) async fn canonical(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    let _answering = state.as_ref().map(|state| state.answering());
    let figures = state.as_ref().map(|state| state.services().figures.clone());
    let id = state
        .map(|state| state.services().env.code(b"0123456789abcdefghjkmnpqrstvwxyz", 16))
        .unwrap_or_default();
    let started = tokio::time::Instant::now();
    let method = method_name(request.method());
    let count = |route: Option<&str>, status| {
        if let Some(figures) = &figures {
            figures.http().answered(method, route, status, started.elapsed());
        }
    };
    let current = RefCell::new(Some(id.clone()));
    let answer = CURRENT.scope(current, AssertUnwindSafe(next.call(request)).catch_unwind()).await;
    let mut response = match answer {
        Ok(Ok(answer)) => answer.map_into_boxed_body(),
        Ok(Err(error)) => {
            count(None, error.as_response_error().status_code());
            return Err(error);
        }
        Err(_) => {
            count(None, StatusCode::INTERNAL_SERVER_ERROR);
            tracing::error!(id, "a handler panicked");
            return Err(ApiError::new(Code::Internal, "something went wrong on the server").into());
        }
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    let route = response.request().match_pattern();
    count(route.as_deref(), response.status());
    line(&response, route.as_deref(), &id, started.elapsed());
    Ok(response)
}

fn line(response: &ServiceResponse<BoxBody>, route: Option<&str>, id: &str, took: std::time::Duration) {
    let request = response.request();
    let user = request.extensions().get::<Credential>().map(|credential| credential.actor.user.to_string());
    let status = response.status().as_u16();
    let cause = response
        .response()
        .error()
        .and_then(|error| error.as_error::<ApiError>())
        .and_then(|error| error.cause.clone());
    let (method, us) = (request.method().as_str(), took.as_micros());
    // The route's pattern, not its path or query: those can hold secrets.
    let route = route.unwrap_or("-");
    if status >= 500 {
        tracing::error!(id, method, route, status, us, user, cause, "request");
    } else {
        tracing::info!(id, method, route, status, us, user, "request");
    }
}
