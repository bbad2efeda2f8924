//! Channels of a server.

use std::collections::BTreeMap;

use actix_web::{delete, get, post, put, routes, web};
use guilds::ChannelView;
use guilds::input::{ChangeChannelBody, CreateChannelBody, OrderBody};
use kernel::{ChannelId, GuildId};
use messaging::Unread;
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, State, Valid, Yes};

/// The channels of a server.
#[derive(Serialize, ToSchema)]
pub(super) struct ChannelsAnswer {
    success: Yes,
    /// Those that the caller may view, by position.
    channels: Vec<ChannelView>,
}

/// The channels of a server, and where the caller stands in them.
#[derive(Serialize, ToSchema)]
pub(super) struct ChannelListAnswer {
    success: Yes,
    /// Those that the caller may view, by position.
    channels: Vec<ChannelView>,
    /// Where the caller stands in those in which messages are written, by id.
    unread: BTreeMap<ChannelId, Unread>,
}

/// A channel.
#[derive(Serialize, ToSchema)]
pub(super) struct ChannelAnswer {
    success: Yes,
    /// The channel.
    channel: ChannelView,
}

/// List a server's channels.
///
/// Those that the caller may view, and what is unread there.
#[utoipa::path(tag = "channels", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The channels.", body = ChannelListAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/channels")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<ChannelListAnswer>, Fail> {
    let listed = state.run(move |s| async move { actions::channels::list(&s, actor.user, guild).await });
    let (channels, unread) = listed.await?;
    Ok(Ok200(ChannelListAnswer { success: Yes, channels, unread }))
}

/// Make a channel.
///
/// At most 500 in a server.
#[utoipa::path(tag = "channels", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = CreateChannelBody,
    responses((status = 201, description = "The channel.", body = ChannelAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_CHANNELS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/channels")]
pub(super) async fn create(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<CreateChannelBody>,
) -> Result<Created<ChannelAnswer>, Fail> {
    let channel =
        state.run(move |s| async move { s.guilds.create_channel(actor.user, guild, body).await }).await?;
    Ok(Created(ChannelAnswer { success: Yes, channel }))
}

/// Look at a channel.
#[utoipa::path(tag = "channels", security(("token" = [])), params(("channelId" = ChannelId, Path)),
    responses((status = 200, description = "The channel.", body = ChannelAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/channels/{channelId}")]
pub(super) async fn get(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
) -> Result<Ok200<ChannelAnswer>, Fail> {
    let channel = state.run(move |s| async move { s.guilds.channel(actor.user, channel).await }).await?;
    Ok(Ok200(ChannelAnswer { success: Yes, channel }))
}

/// Change a channel.
///
/// What is not said stays. A channel that has the overwrites of its category gets those of the category that it comes to;
/// that wants `MANAGE_ROLES` there, too, when it changes who may do what.
#[utoipa::path(tag = "channels", security(("token" = [])), params(("channelId" = ChannelId, Path)), request_body = ChangeChannelBody,
    responses((status = 200, description = "The channel, as it is now.", body = ChannelAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_CHANNELS"])), ("x-aliases" = json!(["PATCH /api/channels/{channelId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[put("/api/channels/{channelId}")]
#[patch("/api/channels/{channelId}")]
pub(super) async fn change(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Valid(body): Valid<ChangeChannelBody>,
) -> Result<Ok200<ChannelAnswer>, Fail> {
    let channel =
        state.run(move |s| async move { s.guilds.change_channel(actor.user, channel, body).await }).await?;
    Ok(Ok200(ChannelAnswer { success: Yes, channel }))
}

/// Put a server's channels in another order.
///
/// Those that are named take each other's places; the others stay where they are.
#[utoipa::path(tag = "channels", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = OrderBody,
    responses((status = 200, description = "The channels, in their order.", body = ChannelsAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_CHANNELS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[put("/api/servers/{serverId}/channels/order")]
pub(super) async fn order(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<OrderBody>,
) -> Result<Ok200<ChannelsAnswer>, Fail> {
    let channels =
        state.run(move |s| async move { s.guilds.order_channels(actor.user, guild, body).await }).await?;
    Ok(Ok200(ChannelsAnswer { success: Yes, channels }))
}

/// Delete a channel.
///
/// With its messages, for everyone, at once and for good.
#[utoipa::path(tag = "channels", security(("token" = [])), params(("channelId" = ChannelId, Path)),
    responses((status = 200, description = "It is deleted.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_CHANNELS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/channels/{channelId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.guilds.delete_channel(actor.user, channel).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
