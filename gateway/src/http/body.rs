//! JSON bodies: parsed with the path of what is wrong, then checked by `validator`.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use kernel::{Code, Invalid};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use validator::Validate;

use super::ApiError;

/// The largest body, in bytes.
const MAX: usize = 1_048_576;
/// Of a larger body this much is read and thrown away: a client that is cut off while it sends never reads the answer.
const PATIENCE: usize = 16 * MAX;
/// How long to wait for more of it.
const PAUSE: Duration = Duration::from_millis(300);

/// A JSON body that obeys the rules of its type.
#[derive(Debug)]
pub(crate) struct Valid<T>(pub(crate) T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Valid<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let announced =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let payload = payload.take();
        Box::pin(async move { parse(&read(payload, announced).await?).map(Self) })
    }
}

/// A JSON body that has the fields of two types, and obeys the rules of both. Not by serde's flatten, which forgets which
/// field was wrong.
#[derive(Debug)]
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A, B> FromRequest for Both<A, B>
where
    A: DeserializeOwned + Validate + 'static,
    B: DeserializeOwned + Validate + 'static,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let announced =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let payload = payload.take();
        Box::pin(async move {
            let body = read(payload, announced).await?;
            Ok(Self(parse(&body)?, parse(&body)?))
        })
    }
}

async fn read(mut payload: Payload, announced: Option<usize>) -> Result<Bytes, ApiError> {
    let (mut body, mut seen) = (BytesMut::new(), 0);
    let mut too_large = announced.is_some_and(|length| length > MAX);
    loop {
        let next = payload.next();
        // A client that waits for the answer before it sends so much gets it soon.
        let Ok(next) = (if too_large { timeout(PAUSE, next).await } else { Ok(next.await) }) else { break };
        let Some(chunk) = next else { break };
        let chunk =
            chunk.map_err(|_| Invalid::field("body", "must arrive whole; the connection broke off"))?;
        seen += chunk.len();
        too_large |= seen > MAX;
        if !too_large {
            body.extend_from_slice(&chunk);
        } else if seen > PATIENCE {
            break;
        }
    }
    if too_large {
        return Err(ApiError::new(Code::PayloadTooLarge, "the body is larger than 1 MiB"));
    }
    Ok(body.freeze())
}

/// Reads what a refused client still sends, within bounds, so that it gets to read the answer.
pub(crate) async fn discard(payload: Payload) {
    let _ = read(payload, Some(usize::MAX)).await;
}

/// The value in some JSON text.
///
/// # Errors
/// `VALIDATION_FAILED` that names the field.
pub(crate) fn parse<T: DeserializeOwned + Validate>(body: &[u8]) -> Result<T, ApiError> {
    // serde would take a list for an object, field by field.
    if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(Invalid::field("body", "must be a JSON object").into());
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| named(&error))?;
    json.end().map_err(|_| Invalid::field("body", "must be one JSON value with nothing behind it"))?;
    value.validate().map_err(Invalid::from)?;
    Ok(value)
}

/// The field that is wrong, and what it must be.
pub(crate) fn named(error: &serde_path_to_error::Error<serde_json::Error>) -> Invalid {
    let inner = error.inner();
    if inner.is_syntax() || inner.is_eof() {
        return Invalid::field("body", format!("must be JSON: {inner}"));
    }
    place(&inner.to_string(), &error.path().to_string(), "body")
}

/// What serde's words say of the field at `path`; `whole` is what the fields belong to.
pub(super) fn place(words: &str, path: &str, whole: &str) -> Invalid {
    // serde's words end with a place in the text that helps nobody: " at line 1 column 20".
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    let quoted = |prefix: &str| words.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('`'));
    let inside = |field: &str| if path == "." { field.to_string() } else { format!("{path}.{field}") };
    if let Some(missing) = quoted("missing field `") {
        return Invalid::field(inside(missing), "must be given");
    }
    if let Some(twice) = quoted("duplicate field `") {
        return Invalid::field(inside(twice), "must be given once");
    }
    let field = if path == "." { whole } else { path };
    Invalid::field(field, format!("has the wrong type or value: {words}"))
}

#[cfg(test)]
mod tests {
    use messaging::input::SendBody;

    use super::parse;

    fn error(json: &str) -> String {
        parse::<SendBody>(json.as_bytes()).unwrap_err().message
    }

    #[test]
    fn errors_name_the_field() {
        assert!(error("{").starts_with("body must be JSON"));
        assert_eq!(error("[\"hi\", null, null]"), "body must be a JSON object");
        assert_eq!(error(" 7"), "body must be a JSON object");
        assert_eq!(error("{}"), "content must be given");
        assert!(error(r#"{"content": 7}"#).starts_with("content has the wrong type or value"));
        assert!(
            error(r#"{"content": "x", "replyTo": "y"}"#).starts_with("replyTo has the wrong type or value")
        );
        assert!(error(r#"{"content": "x"} {"#).starts_with("body must be one JSON value"));
        assert!(parse::<SendBody>(br#"{"content": "x", "colour": 7}"#).is_ok(), "unknown fields are ignored");
    }
}
