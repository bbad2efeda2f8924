//! The contract: for programs as documents, for people as pages.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, get, web};
use bytes::Bytes;
use kernel::{Code, PictureId};
use utoipa::OpenApi;

use crate::contract::{Documents, SCRIPT, STYLE};
use crate::http::{ApiError, Fail, FailureBody, Key};

/// What the pages may do: nothing from anywhere else, and nothing that stands in the page itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The parts of the document that no handler has.
#[derive(OpenApi)]
#[openapi(
    info(title = "Guildhall", description = "A self-hosted chat backend: servers with channels, messages, live events.\n\n\
        Every answer of a call that succeeded starts with `\"success\": true`; every failure has the shape of \
        `FailureBody`: a sentence in `error`, a code of the table below in `code`, and often more in `details`. Times are \
        RFC 3339 in UTC with milliseconds; ids are UUIDv7. Unknown fields are ignored on the way in, and clients must \
        ignore those that they do not know: new ones may come. Every answer has an `x-request-id`. What happens live \
        comes over `/ws`, which `/api/asyncapi.json` describes.\n\n\
        `x-permissions` of an operation says what it needs: all entries, of a list in it any one. An entry is a \
        permission, or a standing: `MEMBER` (of the server), `OWNER` (of the server), `AUTHOR` (of the message), \
        `ADMIN` (of the installation). \
        What is secured by `token` takes an access token or an API key with the scope that it needs (`read` for `GET`, else \
        `write`), what is secured by `login` no API key. `x-errors` lists the codes that it can fail with, `x-aliases` its other names.\n\n\
        `x-rate-limit` is the rate that it is counted under: `requests` (all calls without another one, by user or, before \
        login, by address), `messages` (sent by call or by `/ws`, by user), `invites` and `sign-ups` (by address), `exports`, `channel-exports` and `uploads` (by user), `none`. \
        Answers of counted calls say how the rate stands, in the fields `RateLimit-Policy` and `RateLimit` of \
        draft-ietf-httpapi-ratelimit-headers-11: `\"requests\";q=1000;w=3600;guildhall-burst=100` allows 1000 in 3600 seconds \
        in the long run and 100 at once, and of `\"requests\";r=99;t=4` 99 are left and one more in 4 seconds. A refusal is \
        429 `RATE_LIMITED` with `Retry-After`, and the same in `details`. Failed logins are counted as well, by account and by \
        address: `failed-logins-account-address`, `failed-logins-account` and `failed-logins-address` in such a refusal.",
        license(name = "MIT", identifier = "MIT")),
    // Only a path has it.
    components(schemas(FailureBody, PictureId)),
    tags(
        (name = "auth", description = "Accounts and logins."),
        (name = "users", description = "What people say of themselves, and finding them."),
        (name = "friends", description = "Friends, requests to be one, and blocks."),
        (name = "admin", description = "Running the installation."),
        (name = "servers", description = "Servers, their members and invites."),
        (name = "channels", description = "Channels of a server."),
        (name = "overwrites", description = "What a channel allows and denies to some."),
        (name = "roles", description = "Roles of a server, and who has them."),
        (name = "messages", description = "Messages of a channel."),
        (name = "media", description = "Files and pictures."),
        (name = "conversations", description = "Direct and group conversations. Their messages are read, changed and caught up with by the calls of `messages`, too: a conversation's id stands for a channel's there."),
        (name = "moderation", description = "Keeping order in a server."),
        (name = "voice", description = "Voice and video: who is in voice channels, huddles and calls, signals between peers, and the history of calls. Sound and pictures go from peer to peer."),
        (name = "live", description = "Live events and commands."),
        (name = "product", description = "The product itself."),
    )
)]
pub(super) struct Api;

/// This contract, for programs.
#[utoipa::path(tag = "product",
    responses((status = 200, description = "An OpenAPI 3.1 document.", content_type = "application/json", body = Object,
        example = json!({ "openapi": "3.1.0", "info": { "title": "Guildhall", "version": "0.1.0" }, "paths": {} }))))]
#[get("/api/openapi.json")]
pub(super) async fn calls(documents: web::Data<Documents>) -> HttpResponse {
    json(&documents.calls().openapi)
}

/// The contract of `/ws`, for programs.
#[utoipa::path(tag = "product",
    responses((status = 200, description = "An AsyncAPI 3.0 document.", content_type = "application/json", body = Object,
        example = json!({ "asyncapi": "3.0.0", "info": { "title": "Guildhall: live events", "version": "0.1.0" } }))))]
#[get("/api/asyncapi.json")]
pub(super) async fn events(documents: web::Data<Documents>) -> Result<HttpResponse, Fail> {
    Ok(json(&documents.live()?.asyncapi))
}

/// This contract, for people.
///
/// A page of all calls, with a form to try each. It fetches nothing from elsewhere.
#[utoipa::path(tag = "product",
    responses((status = 200, description = "A page.", content_type = "text/html", body = String)))]
#[get("/api/docs")]
pub(super) async fn page(documents: web::Data<Documents>) -> HttpResponse {
    html(&documents.calls().page)
}

/// The other parts of the page.
///
/// `events` is the page of `/ws`; `docs.css` and `docs.js` belong to both pages.
#[utoipa::path(tag = "product",
    params(("file" = String, Path, description = "`events`, `docs.css` or `docs.js`.", example = "events")),
    responses((status = 200, description = "The part.",
        content((String = "text/html"), (String = "text/css"), (String = "text/javascript")))),
    extensions(("x-errors" = json!(["RESOURCE_NOT_FOUND"]))))]
#[get("/api/docs/{file}")]
pub(super) async fn part(
    documents: web::Data<Documents>,
    Key(file): Key<String>,
) -> Result<HttpResponse, Fail> {
    Ok(match file.as_str() {
        "events" => html(&documents.live()?.page),
        "docs.css" => asset(header::HeaderValue::from_static("text/css; charset=utf-8"), STYLE),
        "docs.js" => asset(header::HeaderValue::from_static("text/javascript; charset=utf-8"), SCRIPT),
        _ => {
            let words = "there are /api/docs, /api/docs/events and what belongs to them";
            return Err(ApiError::new(Code::ResourceNotFound, words));
        }
    })
}

fn json(document: &Bytes) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(document.clone())
}

fn html(text: &Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text.clone())
}

fn asset(kind: header::HeaderValue, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text)
}
