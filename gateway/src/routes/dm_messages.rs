//! Messages of conversations, under paths of their own. By their ids they are changed like those of channels.

use actix_web::{get, post, web};
use kernel::{ConversationId, UserId};
use messaging::input::SendBody;
use messaging::{DeliveryStatus, Head, MessageView, PageLimit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::messages::{HistoryQuery, ReadAnswer, ReadBody, SentAnswer};
use crate::actions::conversations::{self, Read, To};
use crate::http::{Both, Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};
use crate::ws::RecipientData;

/// A message of a conversation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReadMessage)]
pub(super) struct ReadMessage {
    /// The message.
    #[serde(flatten)]
    message: MessageView,
    /// Who has read it, beside its author and the caller.
    read_by: Vec<UserId>,
    /// What became of it, of the caller's own messages only: as much as holds for everybody else who is in the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_status: Option<DeliveryStatus>,
}

/// A part of the history of a conversation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DmHistoryAnswer {
    success: Yes,
    /// The messages, newest first, without deleted ones.
    messages: Vec<ReadMessage>,
    /// Whether there are more in the direction that was asked for.
    has_more: bool,
    #[serde(flatten)]
    head: Head,
}

/// A message, and to whom: either `recipientId` or `conversationId`.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "for the documents; the two are parsed one by one")]
struct SendDmBody {
    #[serde(flatten)]
    to: RecipientData,
    #[serde(flatten)]
    body: SendBody,
}

impl From<Read> for DmHistoryAnswer {
    fn from(read: Read) -> Self {
        let Read { page, marks, statuses } = read;
        let messages = page.messages.into_iter().map(|message| {
            let readers =
                marks.iter().filter(|(user, seq)| *seq >= message.seq && *user != message.author.id);
            let read_by = readers.map(|(user, _)| *user).collect();
            ReadMessage { read_by, delivery_status: statuses.get(&message.id).copied(), message }
        });
        Self { success: Yes, messages: messages.collect(), has_more: page.has_more, head: page.head }
    }
}

/// Read the history of a conversation.
///
/// As that of a channel, and with `readBy`, which follows from how far everybody has read, and for one's own messages with
/// `deliveryStatus`, which is at most about a second late. In a group that does not share its history one reads from joining on.
#[utoipa::path(operation_id = "conversation_history", tag = "conversations", security(("token" = [])), params(("conversationId" = ConversationId, Path), HistoryQuery),
    responses((status = 200, description = "A part of the history, newest first.", body = DmHistoryAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/dms/conversations/{conversationId}/messages")]
pub(super) async fn history(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Query(query): Query<HistoryQuery>,
) -> Result<Ok200<DmHistoryAnswer>, Fail> {
    let (window, limit) = (query.window()?, PageLimit::new(query.limit));
    let read =
        state.run(move |s| async move { conversations::history(&s, actor.user, id, window, limit).await });
    Ok(Ok200(read.await?.into()))
}

/// Send a message to a conversation.
///
/// With a `nonce` that the caller has used there before, nothing is written and that message is the answer. With `scheduledFor`
/// it is sent then, and the answer is a `scheduledMessage` (see `POST /api/scheduled-messages`).
#[utoipa::path(operation_id = "send_to_conversation", tag = "conversations", security(("token" = [])), params(("conversationId" = ConversationId, Path)), request_body = SendBody,
    responses((status = 201, description = "The message.", body = SentAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"])),
        ("x-rate-limit" = json!("messages"))))]
#[post("/api/dms/conversations/{conversationId}/messages")]
pub(super) async fn send_there(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<SendBody>,
) -> Result<Created<SentAnswer>, Fail> {
    send(&state, actor.user, To::Conversation(id), body).await
}

/// Mark a conversation as read.
///
/// Up to a message, or to the newest. A read mark never goes back. The others in the conversation hear of it, at most once a
/// second.
#[utoipa::path(operation_id = "read_conversation", tag = "conversations", security(("token" = [])), params(("conversationId" = ConversationId, Path)), request_body = ReadBody,
    responses((status = 200, description = "Where the mark is now.", body = ReadAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/dms/conversations/{conversationId}/read")]
pub(super) async fn mark_read(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<ReadBody>,
) -> Result<Ok200<ReadAnswer>, Fail> {
    let mark = state.run(move |s| async move { conversations::read(&s, actor.user, id, body.seq).await });
    Ok(Ok200(ReadAnswer { success: Yes, mark: mark.await? }))
}

/// Read what somebody and the caller wrote to each other.
///
/// Nothing, when they never did.
#[utoipa::path(operation_id = "history_with", tag = "conversations", security(("token" = [])), params(("userId" = UserId, Path), HistoryQuery),
    responses((status = 200, description = "A part of the history, newest first.", body = DmHistoryAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/dm/{userId}")]
pub(super) async fn history_with(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(other): Key<UserId>,
    Query(query): Query<HistoryQuery>,
) -> Result<Ok200<DmHistoryAnswer>, Fail> {
    let (window, limit) = (query.window()?, PageLimit::new(query.limit));
    let read = state
        .run(move |s| async move { conversations::history_with(&s, actor.user, other, window, limit).await });
    Ok(Ok200(read.await?.into()))
}

/// Send a message to somebody.
///
/// The conversation is opened if there is none.
#[utoipa::path(operation_id = "send_to_user", tag = "conversations", security(("token" = [])), params(("userId" = UserId, Path)), request_body = SendBody,
    responses((status = 201, description = "The message.", body = SentAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"])),
        ("x-rate-limit" = json!("messages"))))]
#[post("/api/dm/{userId}")]
pub(super) async fn send_to(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(other): Key<UserId>,
    Valid(body): Valid<SendBody>,
) -> Result<Created<SentAnswer>, Fail> {
    send(&state, actor.user, To::Person(other), body).await
}

/// Send a message to somebody or to a conversation.
///
/// To `recipientId`, whose conversation is opened if there is none, or to `conversationId`.
#[utoipa::path(operation_id = "send_dm", tag = "conversations", security(("token" = [])), request_body = SendDmBody,
    responses((status = 201, description = "The message.", body = SentAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"])),
        ("x-rate-limit" = json!("messages"))))]
#[post("/api/dms/send")]
pub(super) async fn send_dm(
    state: web::Data<State>,
    Caller(actor): Caller,
    Both(recipient, body): Both<RecipientData, SendBody>,
) -> Result<Created<SentAnswer>, Fail> {
    send(&state, actor.user, recipient.to()?, body).await
}

async fn send(state: &State, user: UserId, to: To, body: SendBody) -> Result<Created<SentAnswer>, Fail> {
    let outcome = state.run(move |s| async move { conversations::submit(&s, user, to, body).await });
    Ok(Created(SentAnswer { success: Yes, outcome: outcome.await? }))
}
