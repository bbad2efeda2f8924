//! Messages under the paths of chats, and what is done with many or by a message's id alone.

use actix_web::{delete, post, web};
use kernel::{AttachmentId, ChannelId, MessageId, Timestamp};
use messaging::input::{DeleteMany, SendBody};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::messages::{ReadAnswer, SentAnswer};
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, State, Valid, Yes};

/// A message to be sent to a chat.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatBody {
    /// The channel or conversation.
    chat_id: ChannelId,
    /// The text, as for a channel.
    #[schema(example = "Hello **world**", max_length = 4000)]
    content: String,
    /// The message that this one answers.
    reply_to: Option<MessageId>,
    /// The message in whose thread this one is to stand.
    parent_message_id: Option<MessageId>,
    /// As for a channel.
    #[schema(example = json!([]))]
    attachments: Option<Vec<AttachmentId>>,
    /// As for a channel.
    #[schema(example = json!(null))]
    file_url: Option<String>,
    /// As for a channel.
    #[schema(example = "c-17", max_length = 64)]
    nonce: Option<String>,
    /// As for a channel.
    #[schema(example = "2026-01-02T09:00:00.000Z")]
    scheduled_for: Option<Timestamp>,
}

impl From<ChatBody> for SendBody {
    fn from(body: ChatBody) -> Self {
        Self {
            content: body.content,
            reply_to: body.reply_to,
            parent_message_id: body.parent_message_id,
            attachments: body.attachments,
            file_url: body.file_url,
            nonce: body.nonce,
            scheduled_for: body.scheduled_for,
        }
    }
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct DeletedAnswer {
    success: Yes,
    /// Those of the messages that were there.
    deleted: Vec<MessageId>,
}

/// Send a message to the chat that the body names.
///
/// The same as `POST /api/channels/{channelId}/messages`, and for a conversation as
/// `POST /api/dms/conversations/{conversationId}/messages`.
#[utoipa::path(tag = "messages", operation_id = "send_to_chat", security(("token" = [])), request_body = ChatBody,
    responses((status = 201, description = "The message.", body = SentAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "SEND_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "MESSAGE_BLOCKED", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"])),
        ("x-rate-limit" = json!("messages"))))]
#[post("/api/messages")]
pub(super) async fn send(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<ChatBody>,
) -> Result<Created<SentAnswer>, Fail> {
    let (chat, body) = (body.chat_id, body.into());
    let outcome =
        state.run(move |s| async move { actions::scheduled::submit(&s, actor.user, chat, body).await });
    Ok(Created(SentAnswer { success: Yes, outcome: outcome.await? }))
}

/// Delete several messages.
///
/// Whoever wrote them, all at once. What is no message of the channel, or is deleted already, is left out. In a group its owner
/// and admins may, in a conversation of two nobody: each deletes their own.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path)), request_body = DeleteMany,
    responses((status = 200, description = "They are deleted.", body = DeletedAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "MANAGE_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[delete("/api/channels/{channelId}/messages")]
pub(super) async fn delete_many(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Valid(body): Valid<DeleteMany>,
) -> Result<Ok200<DeletedAnswer>, Fail> {
    let deleted = state
        .run(move |s| async move { actions::messages::delete_many(&s, actor.user, channel, body.ids).await });
    Ok(Ok200(DeletedAnswer { success: Yes, deleted: deleted.await? }))
}

/// Mark a channel or conversation as read up to a message.
///
/// The same as `POST /api/channels/{channelId}/read`, or `POST /api/dms/conversations/{conversationId}/read`, with the message's
/// `seq`.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)),
    responses((status = 200, description = "Where the mark is now.", body = ReadAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/messages/{messageId}/read")]
pub(super) async fn read_to(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
) -> Result<Ok200<ReadAnswer>, Fail> {
    let mark = state.run(move |s| async move { actions::messages::read_to(&s, actor.user, message).await });
    Ok(Ok200(ReadAnswer { success: Yes, mark: mark.await? }))
}
