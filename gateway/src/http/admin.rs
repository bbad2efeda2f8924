//! Administrators who call.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use identity::Admin;

use super::{ApiError, Caller, Client};

/// A caller who is an administrator. A handler that takes it answers 401 to strangers and 403 to everybody else, API keys
/// among them: they never have the role.
#[derive(Clone, Debug)]
pub(crate) struct AdminCaller(pub(crate) Admin);

impl FromRequest for AdminCaller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload);
        let Client(client) = Client::of(request);
        Box::pin(async move {
            let Caller(actor) = caller.await?;
            Ok(Self(Admin::of(actor, client)?))
        })
    }
}
