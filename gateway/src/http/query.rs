//! Query strings, with errors that name the parameter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::ApiError;
use super::body::place;

/// The parameters behind the `?`.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request))
    }
}

impl<T: DeserializeOwned> Query<T> {
    /// The parameters of a request.
    pub(crate) fn parse(request: &HttpRequest) -> Result<Self, ApiError> {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        parsed
            .map(Self)
            .map_err(|error| place(&error.inner().to_string(), &error.path().to_string(), "query").into())
    }
}
