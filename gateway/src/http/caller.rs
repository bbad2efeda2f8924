//! Who calls.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use kernel::{Actor, Code};

use super::{ApiError, State};

/// The authenticated caller. A handler that takes it answers 401 to everybody else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller(pub(crate) Actor);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).map(Self))
    }
}

/// Who calls, by the token; looked at once a request.
pub(crate) fn authenticate(request: &HttpRequest) -> Result<Actor, ApiError> {
    let state = request.app_data::<web::Data<State>>();
    let state = state.ok_or_else(|| ApiError::new(Code::Internal, "something went wrong on the server"))?;
    // The limits asked before the handler does.
    if let Some(actor) = request.extensions().get::<Actor>() {
        return Ok(*actor);
    }
    let token = bearer(request.headers()).ok_or(identity::Error::Unauthenticated)?;
    let actor = state.identity().authenticate(token)?;
    // For the canonical log line.
    request.extensions_mut().insert(actor);
    Ok(actor)
}

/// The token of `Authorization: Bearer <token>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
