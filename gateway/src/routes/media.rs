//! Files: up and down.

use actix_web::{HttpRequest, HttpResponse, get, routes, web};
use kernel::{AttachmentId, Invalid, TimelineId, Timestamp};
use media::{AttachmentView, Link, PreviewSize, Rendition, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Form, Keep, Key, Ok200, Query, State, Yes, deliver};

/// Names of parts that are files.
const FILES: [&str; 3] = ["files", "file", "files[]"];

/// Files to be uploaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: it is read piece by piece")]
pub(super) struct UploadBody {
    /// The files, one part each. `file` means the same.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<String>,
    /// The channel or conversation where they will be sent, if that is known. They cannot be sent anywhere else then.
    #[schema(rename = "channelId")]
    channel_id: Option<TimelineId>,
}

/// Files that were uploaded.
#[derive(Serialize, ToSchema)]
pub(super) struct UploadAnswer {
    success: Yes,
    /// The files, in their order.
    attachments: Vec<AttachmentView>,
}

/// What of a file is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MediaQuery {
    /// Of a picture: one of at most 200 or 800 pixels a side, in WebP; the picture itself, when it is not larger. Of a video:
    /// a picture of it.
    #[param(example = 200)]
    size: Option<u16>,
    /// Of a video or sound: one of its `renditions`.
    rendition: Option<Rendition>,
}

/// What an address that needs no token says.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinkQuery {
    /// Of a picture: which preview it is of.
    #[param(example = 200)]
    size: Option<u16>,
    /// Of a video or sound: which of its `renditions` it is of.
    rendition: Option<Rendition>,
    /// Until when it can be used.
    until: Timestamp,
    /// That it is ours.
    #[param(example = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    signature: String,
}

/// An address that needs no token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UrlAnswer {
    success: Yes,
    /// The address: on this server, or in the store.
    #[schema(
        example = "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30/content?until=2026-01-02T03:04:05.678Z&signature=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )]
    url: String,
    /// Until when it can be used.
    expires_at: Timestamp,
}

impl MediaQuery {
    fn wanted(&self) -> Result<Wanted, Invalid> {
        match (self.size, self.rendition) {
            (None, None) => Ok(Wanted::Whole),
            (None, Some(rendition)) => Ok(Wanted::Rendition(rendition)),
            (Some(200), None) => Ok(Wanted::Preview(PreviewSize::Small)),
            (Some(800), None) => Ok(Wanted::Preview(PreviewSize::Large)),
            (Some(_), None) => Err(Invalid::field("size", "must be 200 or 800")),
            (Some(_), Some(_)) => Err(Invalid::field("size", "must not be given together with rendition")),
        }
    }
}

/// Upload files.
///
/// What a file is, is found in its content; its name and its declared type do not matter. Each kind has its limit: pictures
/// 10 MB, videos 50, sounds 25, anything else 25 (configurable). Pictures are JPEG, PNG, GIF or WebP, and are written
/// anew: the right way up, without what cameras note, such as the place. Programs are refused. All files of a call are
/// kept, or none. They are seen by nobody else until their ids are sent with a message, and are removed after 7 days
/// (configurable) when they are not.
#[utoipa::path(post, path = "/api/upload", tag = "media", security(("token" = [])),
    request_body(content = UploadBody, content_type = "multipart/form-data"),
    responses((status = 201, description = "The files.", body = UploadAnswer)),
    extensions(("x-permissions" = json!([])), ("x-rate-limit" = json!("uploads")),
        ("x-aliases" = json!(["POST /api/files/upload", "POST /api/media/upload"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[routes]
#[post("/api/upload")]
#[post("/api/files/upload")]
#[post("/api/media/upload")]
pub(super) async fn upload(
    state: web::Data<State>,
    Caller(actor): Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Created<UploadAnswer>, Fail> {
    let receiving = state.services().media.receive()?;
    let form = Form::read(&request, payload, &receiving, &FILES).await?;
    let channel = form.parsed("channelId", "must be the id of a channel or conversation")?;
    let files = form.files;
    let kept = state.run(move |s| async move {
        // The place is taken until they are stored.
        let _receiving = receiving;
        actions::media::upload(&s, actor.user, channel, files).await
    });
    Ok(Created(UploadAnswer { success: Yes, attachments: kept.await? }))
}

/// Download a file.
///
/// By its uploader, until it belongs to a message; then by whoever may read that message now. Ranges, `If-None-Match` and
/// `If-Range` are understood. Only pictures, videos and sounds are meant to be shown; everything else is to be saved,
/// whatever it is called.
#[utoipa::path(tag = "media", security(("token" = [])), params(("mediaId" = AttachmentId, Path), MediaQuery),
    responses((status = 200, description = "The bytes, under the file's media type.", content_type = "*/*", body = String),
        (status = 206, description = "The bytes of the range that was asked for.", content_type = "*/*", body = String),
        (status = 304, description = "The client has it already.")),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "RANGE_NOT_SATISFIABLE", "UNAVAILABLE"]))))]
#[get("/api/media/{mediaId}")]
pub(super) async fn get(
    state: web::Data<State>,
    Caller(actor): Caller,
    request: HttpRequest,
    Key(id): Key<AttachmentId>,
    Query(query): Query<MediaQuery>,
) -> Result<HttpResponse, Fail> {
    let wanted = query.wanted()?;
    let found = state.run(move |s| async move { actions::media::download(&s, actor.user, id, wanted).await });
    deliver(&state, &request, found.await?, Keep::Ask).await
}

/// Get an address of a file that needs no token.
///
/// For whoever may download the file now. The address carries its own signature and can be used for 15 minutes (configurable),
/// by an `<img>` or `<video>` or to hand a download to another program. It may lead to the store itself. When the file is
/// deleted, it leads nowhere.
#[utoipa::path(tag = "media", security(("token" = [])), params(("mediaId" = AttachmentId, Path), MediaQuery),
    responses((status = 200, description = "The address.", body = UrlAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[get("/api/media/{mediaId}/url")]
pub(super) async fn url(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<AttachmentId>,
    Query(query): Query<MediaQuery>,
) -> Result<Ok200<UrlAnswer>, Fail> {
    let wanted = query.wanted()?;
    let link = state.run(move |s| async move { actions::media::link(&s, actor.user, id, wanted).await });
    let Link { url, until } = link.await?;
    Ok(Ok200(UrlAnswer { success: Yes, url, expires_at: until }))
}

/// Download a file by an address that needs no token.
///
/// As `GET /api/media/{mediaId}/url` gave it, which was counted: this is not. Answers as `GET /api/media/{mediaId}` does.
#[utoipa::path(tag = "media", params(("mediaId" = AttachmentId, Path), LinkQuery),
    responses((status = 200, description = "The bytes, under the file's media type.", content_type = "*/*", body = String),
        (status = 206, description = "The bytes of the range that was asked for.", content_type = "*/*", body = String),
        (status = 304, description = "The client has it already.")),
    extensions(("x-rate-limit" = json!("none")),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "RANGE_NOT_SATISFIABLE", "UNAVAILABLE"]))))]
#[get("/api/media/{mediaId}/content")]
pub(super) async fn content(
    state: web::Data<State>,
    request: HttpRequest,
    Key(id): Key<AttachmentId>,
    Query(query): Query<LinkQuery>,
) -> Result<HttpResponse, Fail> {
    let wanted = MediaQuery { size: query.size, rendition: query.rendition }.wanted()?;
    let found =
        state.run(move |s| async move { s.media.linked(id, wanted, query.until, &query.signature).await });
    deliver(&state, &request, found.await?, Keep::Ask).await
}

/// Delete a file.
///
/// By its uploader, while it belongs to no message. That of a message goes with the message.
#[utoipa::path(delete, path = "/api/media/{mediaId}", tag = "media", security(("token" = [])), params(("mediaId" = AttachmentId, Path)),
    responses((status = 200, description = "It is deleted.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["UPLOADER"])), ("x-aliases" = json!(["DELETE /api/upload/{mediaId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[routes]
#[delete("/api/media/{mediaId}")]
#[delete("/api/upload/{mediaId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<AttachmentId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.media.remove(actor.user, id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
