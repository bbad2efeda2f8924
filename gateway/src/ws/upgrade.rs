//! The upgrade: who may open a socket, and where the token comes from.

use actix_web::http::header::{HOST, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::{HttpRequest, HttpResponse, get, web};
use kernel::Code;
use serde::Deserialize;

use super::{accept, session};
use crate::http::{ApiError, Fail, Query, State, bearer};
use crate::hub::{Shard, SubscriptionMode};

/// What stands before the token among the subprotocols: a browser can send no other header.
const PROTOCOL: &str = "bearer";

#[derive(Deserialize)]
struct Params {
    token: Option<String>,
    subscribe: Option<String>,
}

/// Open a session.
///
/// A WebSocket, which `/api/asyncapi.json` describes. Besides `token`, the access token, or an API key with the scope `read`, may come in `Authorization`, in
/// `Sec-WebSocket-Protocol: bearer, <token>`, or in the first frame; whether it is good is told by frames, not here.
#[utoipa::path(tag = "live",
    params(("token" = Option<String>, Query, description = "The access token, when no header has it.",
            example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.x"),
        ("subscribe" = Option<String>, Query, description = "`all`: listen to every channel that the user may view.",
            example = "all")),
    responses((status = 101, description = "The connection is a WebSocket from here on.")),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN"]))))]
#[get("/ws")]
pub(crate) async fn open(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Fail> {
    let headers = request.headers();
    check_origin(headers, &state.settings().http.allowed_origins)?;
    let Query(params) = Query::<Params>::parse(&request)?;
    let mode = match params.subscribe.as_deref() {
        None => SubscriptionMode::Joined,
        Some("all") => SubscriptionMode::All,
        Some(_) => return Err(kernel::Invalid::field("subscribe", "must be \"all\" when it is given").into()),
    };
    let token = token(headers, params);
    if state.hub().is_stopping() {
        return Err(ApiError::new(Code::Unavailable, "the server stops: connect again in a few seconds"));
    }
    let refused = |error| {
        let words = format!("this is a WebSocket: open it with an upgrade request ({error})");
        ApiError::new(Code::ValidationFailed, words)
    };
    let (queue, shard) = (state.settings().ws.queue_bytes, request.app_data::<Shard>().cloned());
    let state = state.get_ref().clone();
    let converse = async move |frames, outbox| {
        // Whoever serves upgrades has a shard.
        if let Some(shard) = shard {
            session::run(state, shard, frames, outbox, token, mode).await;
        }
    };
    accept(&request, payload, &[PROTOCOL], queue, converse).map_err(refused)
}

/// The access token, wherever it came.
fn token(headers: &HeaderMap, params: Params) -> Option<String> {
    bearer(headers).map(ToString::to_string).or_else(|| offered(headers)).or(params.token)
}

/// The token that a request for a session brings; `None` for other requests.
pub(crate) fn upgrade_token(request: &HttpRequest) -> Option<String> {
    let params = || Query::<Params>::parse(request).ok().map(|Query(params)| params);
    (request.path() == "/ws").then(params).flatten().and_then(|params| token(request.headers(), params))
}

/// A browser tells where a page comes from: it must be this server or a known frontend. Other clients say nothing.
fn check_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), ApiError> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let own = headers.get(HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| {
        origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
    });
    if own || allowed.iter().any(|known| known == origin) {
        return Ok(());
    }
    let words = "pages of this origin may not connect; http.allowed_origins lists those that may";
    Err(ApiError::new(Code::Forbidden, words))
}

/// The token of `Sec-WebSocket-Protocol: bearer, <token>`.
fn offered(headers: &HeaderMap) -> Option<String> {
    let offers = headers.get_all(SEC_WEBSOCKET_PROTOCOL).filter_map(|value| value.to_str().ok());
    let mut offers = offers.flat_map(|value| value.split(',')).map(str::trim);
    offers.find(|offer| *offer == PROTOCOL)?;
    offers.next().map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn pages_of_strangers_are_refused() {
        let check = |origin: Option<&str>| {
            let mut request = TestRequest::default().insert_header((HOST, "chat.example.org"));
            if let Some(origin) = origin {
                request = request.insert_header((ORIGIN, origin));
            }
            check_origin(request.to_http_request().headers(), &["https://app.example.org".into()]).is_ok()
        };
        assert!(
            check(None) && check(Some("https://chat.example.org")) && check(Some("https://app.example.org"))
        );
        assert!(
            !check(Some("https://evil.example.org"))
                && !check(Some("null"))
                && !check(Some("https://chat.example.org.evil.org"))
        );
    }

    #[test]
    fn the_token_stands_behind_the_protocol() {
        let token = |value: &str| {
            let request =
                TestRequest::default().insert_header((SEC_WEBSOCKET_PROTOCOL, value)).to_http_request();
            offered(request.headers())
        };
        assert_eq!(token("bearer, abc").as_deref(), Some("abc"));
        assert_eq!(token("abc, bearer"), None);
        assert_eq!(token("chat"), None);
    }
}
