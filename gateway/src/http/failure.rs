//! Errors at the edge: a domain error becomes an answer, and is logged once, here.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use backbone::rates::Decision;
use kernel::{Code, Failure, Internal, Invalid};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::limits;

/// What a failed call answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailureBody {
    /// Always `false`.
    #[schema(example = false)]
    pub(crate) success: bool,
    /// A sentence for a person.
    #[schema(example = "no such channel, or you may not see it")]
    pub(crate) error: String,
    /// For a program: one of the documented codes.
    pub(crate) code: Code,
    /// More for a program: field errors, the missing permission.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) details: Option<Value>,
    /// Of a fault of the server: what to tell its operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
}

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) details: Option<Box<Value>>,
    /// For the log, never for the caller.
    pub(crate) cause: Option<String>,
    /// Of a refusal by the limits: which, and for how long.
    pub(crate) refused: Option<Box<Decision>>,
}

/// The error of a handler.
pub(crate) type Fail = ApiError;

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, cause: None, refused: None }
    }

    /// The server has no time any more.
    pub(crate) fn stopping() -> Self {
        Self::new(Code::Unavailable, "the server stops: reconnect and send it again")
    }

    /// A task that did not end by itself: it panicked, or the server stopped before.
    pub(crate) fn unfinished(error: tokio::task::JoinError) -> Self {
        if error.is_cancelled() { Self::stopping() } else { Internal::new(error).into() }
    }

    /// The answer's body, without a request id.
    pub(crate) fn body(&self) -> FailureBody {
        FailureBody {
            success: false,
            error: self.message.clone(),
            code: self.code,
            details: self.details.as_deref().cloned(),
            request_id: None,
        }
    }

    fn of(error: &dyn Failure) -> Self {
        let code = error.code();
        let cause = (code.status() >= 500).then(|| chain(error));
        let details = error.details().map(Box::new);
        Self { code, message: error.to_string(), details, cause, refused: None }
    }
}

/// An error and what caused it.
fn chain(error: &dyn Failure) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = format!("{words}: {cause}");
        next = cause.source();
    }
    words
}

macro_rules! from_failures {
    ($($error:ty),+) => {$(
        impl From<$error> for ApiError {
            fn from(error: $error) -> Self {
                Self::of(&error)
            }
        }
    )+};
}

from_failures!(
    social::Error,
    voice_signaling::Error,
    dm::Error,
    identity::Error,
    guilds::Error,
    messaging::Error,
    moderation::Error,
    media::Error,
    backbone::db::DbError,
    kernel::Denied,
    Invalid
);

impl From<Internal> for ApiError {
    fn from(fault: Internal) -> Self {
        Self {
            code: Code::Internal,
            message: fault.to_string(),
            details: None,
            cause: Some(fault.0.to_string()),
            refused: None,
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let request_id = super::log::current_request_id().filter(|_| self.code == Code::Internal);
        let mut response =
            HttpResponse::build(self.status_code()).json(FailureBody { request_id, ..self.body() });
        let headers = response.headers_mut();
        match (&self.refused, self.code) {
            (Some(decision), _) => limits::headers(decision, headers),
            (None, Code::RateLimited) => {
                let seconds = self.details.as_ref().and_then(|details| details.get("retryAfter")?.as_u64());
                if let Some(seconds) = seconds {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
            }
            (None, Code::RangeNotSatisfiable) => {
                let length = self.details.as_ref().and_then(|details| details.get("length")?.as_u64());
                let words = length.and_then(|length| HeaderValue::try_from(format!("bytes */{length}")).ok());
                if let Some(words) = words {
                    headers.insert(header::CONTENT_RANGE, words);
                }
            }
            (None, Code::Unavailable) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            (None, Code::Unauthenticated | Code::TokenExpired) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiError, Code};

    #[tokio::test]
    async fn what_the_end_of_the_server_cuts_short_may_be_tried_again_and_a_panic_is_a_fault() {
        let cut_short = tokio::spawn(std::future::pending::<()>());
        cut_short.abort();
        assert_eq!(ApiError::unfinished(cut_short.await.unwrap_err()).code, Code::Unavailable);
        let fault = tokio::spawn(async { panic!("a fault") });
        assert_eq!(ApiError::unfinished(fault.await.unwrap_err()).code, Code::Internal);
    }
}
