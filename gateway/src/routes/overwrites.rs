//! What channels allow and deny to some.

use actix_web::{delete, get, routes, web};
use guilds::OverwriteView;
use guilds::input::OverwriteBody;
use kernel::ChannelId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::messages::DoneAnswer;
use crate::http::{Caller, Fail, Key, Ok200, State, Valid, Yes};

/// The overwrites of a channel.
#[derive(Serialize, ToSchema)]
pub(super) struct OverwritesAnswer {
    success: Yes,
    /// All of them, those for roles first.
    overwrites: Vec<OverwriteView>,
}

/// An overwrite.
#[derive(Serialize, ToSchema)]
pub(super) struct OverwriteAnswer {
    success: Yes,
    /// The overwrite.
    overwrite: OverwriteView,
}

/// List a channel's overwrites.
#[utoipa::path(tag = "overwrites", security(("token" = [])), params(("channelId" = ChannelId, Path)),
    responses((status = 200, description = "The overwrites.", body = OverwritesAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/channels/{channelId}/permissions")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
) -> Result<Ok200<OverwritesAnswer>, Fail> {
    let overwrites =
        state.run(move |s| async move { s.guilds.overwrites(actor.user, channel).await }).await?;
    Ok(Ok200(OverwritesAnswer { success: Yes, overwrites }))
}

/// Look at what a channel allows and denies to a role or member.
#[utoipa::path(tag = "overwrites", security(("token" = [])),
    params(("channelId" = ChannelId, Path), ("roleOrUserId" = Uuid, Path, example = "01890a5e-1f21-7b7e-a1d0-4c8e2f6b9d33", description = "A role of the server, or a member.")),
    responses((status = 200, description = "The overwrite.", body = OverwriteAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/channels/{channelId}/permissions/{roleOrUserId}")]
pub(super) async fn get(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Key(target): Key<Uuid, 1>,
) -> Result<Ok200<OverwriteAnswer>, Fail> {
    let overwrite = state.run(move |s| async move { s.guilds.overwrite(actor.user, channel, target).await });
    Ok(Ok200(OverwriteAnswer { success: Yes, overwrite: overwrite.await? }))
}

/// Let a channel allow and deny something to a role or member.
///
/// What is not said stays. Only permissions that mean something in a channel and that one has there oneself, and only for a
/// role or member below oneself. At most 500 overwrites a channel.
#[utoipa::path(tag = "overwrites", security(("token" = [])), request_body = OverwriteBody,
    params(("channelId" = ChannelId, Path), ("roleOrUserId" = Uuid, Path, example = "01890a5e-1f21-7b7e-a1d0-4c8e2f6b9d33", description = "A role of the server, or a member.")),
    responses((status = 200, description = "The overwrite, as it is now.", body = OverwriteAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])), ("x-aliases" = json!(["PATCH /api/channels/{channelId}/permissions/{roleOrUserId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[routes]
#[put("/api/channels/{channelId}/permissions/{roleOrUserId}")]
#[patch("/api/channels/{channelId}/permissions/{roleOrUserId}")]
pub(super) async fn put(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Key(target): Key<Uuid, 1>,
    Valid(body): Valid<OverwriteBody>,
) -> Result<Ok200<OverwriteAnswer>, Fail> {
    let put =
        state.run(move |s| async move { s.guilds.put_overwrite(actor.user, channel, target, body).await });
    Ok(Ok200(OverwriteAnswer { success: Yes, overwrite: put.await? }))
}

/// Remove what a channel allows and denies to a role or member.
#[utoipa::path(tag = "overwrites", security(("token" = [])),
    params(("channelId" = ChannelId, Path), ("roleOrUserId" = Uuid, Path, example = "01890a5e-1f21-7b7e-a1d0-4c8e2f6b9d33", description = "A role of the server, or a user.")),
    responses((status = 200, description = "It is removed.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/channels/{channelId}/permissions/{roleOrUserId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Key(target): Key<Uuid, 1>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.guilds.delete_overwrite(actor.user, channel, target).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
