//! Pinned messages.

use actix_web::{delete, get, post, web};
use kernel::{ChannelId, MessageId};
use messaging::MessageView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::messages::MessageAnswer;
use crate::actions;
use crate::http::{Caller, Fail, Key, Ok200, State, Valid, Yes};

/// What is pinned.
#[derive(Serialize, ToSchema)]
pub(super) struct PinsAnswer {
    success: Yes,
    /// The messages, the newest pin first.
    messages: Vec<MessageView>,
}

/// Which message to pin.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PinBody {
    /// The message.
    message_id: MessageId,
}

/// Read what is pinned in a channel or conversation.
///
/// All of it, the newest pin first.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path)),
    responses((status = 200, description = "The pinned messages.", body = PinsAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/channels/{channelId}/pins")]
pub(super) async fn pins(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
) -> Result<Ok200<PinsAnswer>, Fail> {
    let messages =
        state.run(move |s| async move { actions::marks::pins(&s, actor.user, channel).await }).await?;
    Ok(Ok200(PinsAnswer { success: Yes, messages }))
}

/// Pin a message.
///
/// At most 50 in a channel (configurable). Pinned already, it stays so. In a conversation of two both may.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)),
    responses((status = 200, description = "The message as it is now.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "MANAGE_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/messages/{messageId}/pin")]
pub(super) async fn pin(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let message = state.run(move |s| async move { actions::marks::pin(&s, actor.user, message).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}

/// Pin the message that the body names.
///
/// The same as `POST /api/messages/{messageId}/pin`.
#[utoipa::path(tag = "messages", security(("token" = [])), request_body = PinBody,
    responses((status = 200, description = "The message as it is now.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "MANAGE_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/messages/pin")]
pub(super) async fn pin_named(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<PinBody>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let message =
        state.run(move |s| async move { actions::marks::pin(&s, actor.user, body.message_id).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}

/// Pin a message no more.
///
/// When it is not pinned, nothing changes.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)),
    responses((status = 200, description = "The message as it is now.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "MANAGE_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[delete("/api/messages/{messageId}/pin")]
pub(super) async fn unpin(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let message = state.run(move |s| async move { actions::marks::unpin(&s, actor.user, message).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}
