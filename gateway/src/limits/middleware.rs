//! Counts calls before their handlers see them.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, ResponseError, web};
use backbone::rates::Decision;
use kernel::UserId;

use super::{Policy, headers};
use crate::contract::Documents;
use crate::http::{ApiError, State, address, authenticate, discard};
use crate::ws::upgrade_token;

/// The middleware.
pub(crate) async fn count(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(decision) = decide(&request).await else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if !decision.allowed {
        // A client that is cut off while it sends never reads the answer.
        discard(request.take_payload()).await;
        return Ok(request.into_response(ApiError::refused(decision).error_response()));
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    headers(&decision, response.headers_mut());
    Ok(response)
}

/// What the limits say to a call; `None` when it is not counted.
async fn decide(request: &ServiceRequest) -> Option<Decision> {
    let state = request.app_data::<web::Data<State>>()?;
    let limits = &state.services().limits;
    if limits.is_off() {
        return None;
    }
    let documents = request.app_data::<web::Data<Documents>>()?;
    // The path as the routes see it: decoded, so that no other spelling of it is counted otherwise.
    let policy = documents.calls().policy(request.method().as_str(), request.match_info().get_ref().path());
    if policy == Policy::None {
        return None;
    }
    let user = caller(request.request(), state).await;
    limits.call(policy, user, address(request.request())).await
}

/// The user whose token or API key came with the call. A browser cannot send that of an upgrade in `Authorization`.
async fn caller(request: &HttpRequest, state: &State) -> Option<UserId> {
    let credential = match authenticate(request).await {
        Ok(credential) => credential,
        Err(_) => state.authenticate(&upgrade_token(request)?).await.ok()?,
    };
    Some(credential.actor.user)
}
