//! Emoji on messages.

use actix_web::{delete, post, web};
use kernel::MessageId;
use messaging::input::{Emoji, ReactionBody};

use super::messages::{DoneAnswer, MessageAnswer};
use crate::actions;
use crate::http::{Caller, Fail, Key, Ok200, State, Valid, Yes};

/// React to a message.
///
/// Puts an emoji on it, once for each user, message and emoji: again changes nothing. At most 20 different emoji a message.
/// Whoever reads the message may join an emoji that is there; a new one wants `ADD_REACTIONS`.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)), request_body = ReactionBody,
    responses((status = 200, description = "The message as it is now.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/messages/{messageId}/reactions")]
pub(super) async fn react(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
    Valid(body): Valid<ReactionBody>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let emoji = Emoji::parse(&body)?;
    let message =
        state.run(move |s| async move { actions::marks::react(&s, actor.user, message, emoji).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}

/// Take a reaction back.
///
/// One's own. When it is not there, nothing changes.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)), request_body = ReactionBody,
    responses((status = 200, description = "It is not there any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[delete("/api/messages/{messageId}/reactions")]
pub(super) async fn unreact(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
    Valid(body): Valid<ReactionBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    let emoji = Emoji::parse(&body)?;
    state.run(move |s| async move { actions::marks::unreact(&s, actor.user, message, emoji).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Toggle a reaction.
///
/// Puts an emoji on a message, or takes it back when it is there.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)), request_body = ReactionBody,
    responses((status = 200, description = "The message as it is now.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/messages/{messageId}/react")]
pub(super) async fn toggle_reaction(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
    Valid(body): Valid<ReactionBody>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let emoji = Emoji::parse(&body)?;
    let message = state
        .run(move |s| async move { actions::marks::toggle_reaction(&s, actor.user, message, emoji).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}
