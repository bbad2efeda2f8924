//! Ids in paths, typed.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use kernel::Invalid;

use super::ApiError;

/// The `N`th parameter of the path, counted from 0.
#[derive(Debug)]
pub(crate) struct Key<T, const N: usize = 0>(pub(crate) T);

impl<T: FromStr, const N: usize> FromRequest for Key<T, N> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (name, text) = request.match_info().iter().nth(N).unwrap_or_default();
        let parsed = text.parse().map(Self);
        ready(parsed.map_err(|_| {
            Invalid::field(name, "must be an id: a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057").into()
        }))
    }
}
