//! Avatars and the icons of servers.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use guilds::input::UpdateGuildBody;
use identity::input::ProfileBody;
use kernel::{GuildId, Invalid, PictureId};
use media::{Owner, PictureSize};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::servers::ServerAnswer;
use super::users::ChangedAnswer;
use crate::actions;
use crate::http::{Caller, Fail, Form, Keep, Key, Ok200, Query, State, Yes, deliver};

/// A picture to be made square.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: it is read piece by piece")]
pub(super) struct AvatarBody {
    /// The picture: JPEG, PNG, GIF or WebP. `file` means the same.
    #[schema(value_type = String, format = Binary)]
    avatar: String,
}

/// A picture to be made square.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: it is read piece by piece")]
pub(super) struct IconBody {
    /// The picture: JPEG, PNG, GIF or WebP. `file` means the same.
    #[schema(value_type = String, format = Binary)]
    icon: String,
}

/// Which size of a picture is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PictureQuery {
    /// Pixels a side: 64, 256 or 512. It may have fewer, when what it was made of had.
    #[param(default = 256, example = 64)]
    size: Option<u16>,
}

/// Change one's avatar.
///
/// The middle of the picture is kept, in three sizes. Of one that moves, the first frame. The one before is removed.
#[utoipa::path(tag = "users", security(("token" = [])), request_body(content = AvatarBody, content_type = "multipart/form-data"),
    responses((status = 200, description = "The account as it is now.", body = ChangedAnswer)),
    extensions(("x-permissions" = json!([])), ("x-rate-limit" = json!("uploads")),
        ("x-errors" = json!(["VALIDATION_FAILED", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[post("/api/users/avatar")]
pub(super) async fn avatar(
    state: web::Data<State>,
    Caller(actor): Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Ok200<ChangedAnswer>, Fail> {
    let receiving = state.services().media.receive_square(Owner::User(actor.user))?;
    let mut form = Form::read(&request, payload, &receiving, &["avatar", "file"]).await?;
    let image = form.files.pop().ok_or_else(|| Invalid::field("avatar", "must be given: a picture"))?;
    let body = ProfileBody::default();
    let changed = state
        .run(move |s| async move { actions::media::change_profile(&s, actor.user, body, Some(image)).await });
    Ok(Ok200(ChangedAnswer { success: Yes, user: changed.await? }))
}

/// Change a server's picture.
///
/// The middle of the picture is kept, in three sizes. Of one that moves, the first frame. The one before is removed. The
/// members hear `server-updated`.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    request_body(content = IconBody, content_type = "multipart/form-data"),
    responses((status = 200, description = "The server as it is now.", body = ServerAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_SERVER"])), ("x-rate-limit" = json!("uploads")),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[post("/api/servers/{serverId}/icon")]
pub(super) async fn icon(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Ok200<ServerAnswer>, Fail> {
    // Before anything is received; and once more when it is changed.
    state.run(move |s| async move { s.guilds.may_update(actor.user, guild).await }).await?;
    let receiving = state.services().media.receive_square(Owner::Guild(guild))?;
    let mut form = Form::read(&request, payload, &receiving, &["icon", "file"]).await?;
    let image = form.files.pop().ok_or_else(|| Invalid::field("icon", "must be given: a picture"))?;
    let changed = state.run(move |s| async move {
        actions::media::change_server(&s, actor.user, guild, UpdateGuildBody::default(), Some(image)).await
    });
    Ok(Ok200(ServerAnswer { success: Yes, server: changed.await? }))
}

/// See an avatar or the icon of a server.
///
/// Whoever knows the address may: it stands in answers about the user or server, cannot be guessed, and never shows anything
/// else.
#[utoipa::path(tag = "media", params(("pictureId" = PictureId, Path), PictureQuery),
    responses((status = 200, description = "The picture, in WebP.", content_type = "image/webp", body = String),
        (status = 206, description = "The bytes of the range that was asked for.", content_type = "image/webp", body = String),
        (status = 304, description = "The client has it already.")),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "RANGE_NOT_SATISFIABLE", "UNAVAILABLE"]))))]
#[get("/api/pictures/{pictureId}")]
pub(super) async fn picture(
    state: web::Data<State>,
    request: HttpRequest,
    Key(id): Key<PictureId>,
    Query(query): Query<PictureQuery>,
) -> Result<HttpResponse, Fail> {
    let size = match query.size {
        None => PictureSize::default(),
        Some(side) => {
            PictureSize::of(side).ok_or_else(|| Invalid::field("size", "must be 64, 256 or 512"))?
        }
    };
    let found = state.run(move |s| async move { s.media.picture(id, size).await }).await?;
    deliver(&state, &request, found, Keep::Forever).await
}
