//! Where a call comes from.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest};

use super::address;

/// Who is at the other end, as far as a login wants to know.
#[derive(Clone, Debug)]
pub(crate) struct Client(pub(crate) identity::Client);

impl FromRequest for Client {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Client {
    /// Who sent this request.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let device = request.headers().get(USER_AGENT).and_then(|device| device.to_str().ok());
        Self(identity::Client::new(device, Some(address(request))))
    }
}
