//! Who calls.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use identity::{Credential, Reach, Scope};
use kernel::{Actor, Code};

use super::{ApiError, State};

/// The authenticated caller, by a login or by an API key that may do what the call does. A handler that takes it answers
/// 401 or 403 to everybody else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller(pub(crate) Actor);

/// The authenticated caller, by a login: what manages an account's credentials, or the account itself, takes this. An API
/// key is answered 403, whatever its scopes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner(pub(crate) Actor);

/// An answer that may have to wait for the database.
type Later<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Later<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let credential = authenticate(&request).await?;
            covers(credential.reach, due(request.method()))?;
            Ok(Self(credential.actor))
        })
    }
}

impl FromRequest for Owner {
    type Error = ApiError;
    type Future = Later<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Credential { actor, reach, .. } = authenticate(&request).await?;
            match reach {
                Reach::Login => Ok(Self(actor)),
                Reach::Key(_) => Err(ApiError::new(
                    Code::Forbidden,
                    "an API key may not do this: log in, and use the access token",
                )),
            }
        })
    }
}

/// Who calls; looked at once a request.
pub(crate) async fn authenticate(request: &HttpRequest) -> Result<Credential, ApiError> {
    // The limits asked before the handler does.
    if let Some(credential) = request.extensions().get::<Credential>() {
        return Ok(*credential);
    }
    let state = request.app_data::<web::Data<State>>();
    let state = state.ok_or_else(|| ApiError::new(Code::Internal, "something went wrong on the server"))?;
    let token = bearer(request.headers()).ok_or(identity::Error::Unauthenticated)?;
    let credential = state.authenticate(token).await?;
    // For the canonical log line, too.
    request.extensions_mut().insert(credential);
    Ok(credential)
}

/// What a call of this method does: reading never changes anything.
fn due(method: &Method) -> Scope {
    if method.is_safe() { Scope::Read } else { Scope::Write }
}

/// That the credential reaches so far.
///
/// # Errors
/// FORBIDDEN.
pub(crate) fn covers(reach: Reach, scope: Scope) -> Result<(), ApiError> {
    if reach.covers(scope) {
        return Ok(());
    }
    let words = format!("this API key lacks the scope {}: make one that has it", scope.name());
    Err(ApiError::new(Code::Forbidden, words))
}

/// The token of `Authorization: Bearer <token>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
