//! Messages of a channel.

use actix_web::{get, post, routes, web};
use kernel::{ChannelId, Invalid, MessageId, Rev, Seq};
use messaging::input::{Content, EditBody, SendBody};
use messaging::{Change, ChangesLimit, Cursor, Head, MessageView, PageLimit, ReadMark, Window};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::actions;
use crate::actions::scheduled::SendOutcome;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// Which part of the history to read: at most one of `before`, `after` and `around`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// Messages in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub(super) limit: Option<i64>,
    /// A message's id or seq: the page right before it.
    #[param(example = "117")]
    before: Option<String>,
    /// A message's id or seq: the page right after it.
    #[param(example = "117")]
    after: Option<String>,
    /// A message's id or seq: the page with it in the middle.
    #[param(example = "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b")]
    around: Option<String>,
}

/// From where to catch up.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangesQuery {
    /// The `rev` up to which everything is known; 0 for nothing.
    #[param(value_type = i64, minimum = 0, example = 117)]
    since: Rev,
    /// Who reads on page by page: the `since` of the first page. What is newer than that is told as a new message, whichever
    /// page it is on.
    #[param(value_type = Option<i64>, minimum = 0, example = 117)]
    base: Option<Rev>,
    /// Changes in the answer: 1 to 500, 100 unless said.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
}

/// A message.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageAnswer {
    pub(super) success: Yes,
    /// The message.
    pub(super) message: MessageView,
}

/// A message that was sent, or will be.
#[derive(Serialize, ToSchema)]
pub(super) struct SentAnswer {
    pub(super) success: Yes,
    #[serde(flatten)]
    pub(super) outcome: SendOutcome,
}

/// A part of the history.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistoryAnswer {
    success: Yes,
    /// The messages, newest first, without deleted ones and those in threads.
    messages: Vec<MessageView>,
    /// Whether there are more in the direction that was asked for.
    has_more: bool,
    #[serde(flatten)]
    head: Head,
}

/// What changed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangesAnswer {
    success: Yes,
    /// The changes, oldest first: apply them by message id.
    changes: Vec<Change>,
    /// Who has applied them stands here: the next `since`.
    #[schema(value_type = i64, example = 131)]
    rev: Rev,
    /// Whether there is more.
    has_more: bool,
    /// Messages ever created in the channel.
    #[schema(value_type = i64, example = 117)]
    last_seq: Seq,
}

/// How far to mark a channel as read.
#[derive(Debug, Deserialize, Validate, ToSchema)]
pub(super) struct ReadBody {
    /// The last message that was read; the newest unless said.
    #[validate(range(min = 0, message = "must not be negative"))]
    #[schema(value_type = Option<i64>, example = 117, minimum = 0)]
    pub(super) seq: Option<Seq>,
}

/// Where the read mark is now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadAnswer {
    pub(super) success: Yes,
    #[serde(flatten)]
    pub(super) mark: ReadMark,
}

/// Done.
#[derive(Serialize, ToSchema)]
pub(super) struct DoneAnswer {
    success: Yes,
}

impl DoneAnswer {
    pub(super) const DONE: Self = Self { success: Yes };
}

impl HistoryQuery {
    pub(super) fn window(&self) -> Result<Window, Invalid> {
        let cursor =
            |field: &str, text: &str| text.parse::<Cursor>().map_err(|must| Invalid::field(field, must));
        match (&self.before, &self.after, &self.around) {
            (None, None, None) => Ok(Window::Latest),
            (Some(text), None, None) => Ok(Window::Before(cursor("before", text)?)),
            (None, Some(text), None) => Ok(Window::After(cursor("after", text)?)),
            (None, None, Some(text)) => Ok(Window::Around(cursor("around", text)?)),
            _ => Err(Invalid::field("before", "must not be given together with after or around")),
        }
    }
}

/// Read the history of a channel.
///
/// `lastSeq` and `rev` tell where the channel was when the page was read: live events with a higher `rev` come after
/// it.
#[utoipa::path(get, path = "/api/channels/{channelId}/messages", tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path), HistoryQuery),
    responses((status = 200, description = "A part of the history, newest first.", body = HistoryAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])), ("x-aliases" = json!(["GET /api/messages/{chatId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[get("/api/channels/{channelId}/messages")]
#[get("/api/messages/{chatId}")]
pub(super) async fn history(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Query(query): Query<HistoryQuery>,
) -> Result<Ok200<HistoryAnswer>, Fail> {
    let (window, limit) = (query.window()?, PageLimit::new(query.limit));
    let user = actor.user;
    let page =
        state.run(move |s| async move { actions::messages::history(&s, user, channel, window, limit).await });
    let page = page.await?;
    Ok(Ok200(HistoryAnswer {
        success: Yes,
        messages: page.messages,
        has_more: page.has_more,
        head: page.head,
    }))
}

/// Send a message to a channel.
///
/// With `scheduledFor` it is sent then, and the answer is a `scheduledMessage` (see `POST /api/scheduled-messages`).
/// With a `nonce` that the caller has used in this channel before, nothing is written and that message is the answer,
/// so a send can be repeated. The rules of the server's automod are asked first. `@username`, `@role` (one that everybody
/// may mention) and, with `MENTION_EVERYONE`, any role and `@everyone` mention people who may view the channel; what
/// mentions nobody is text. Not in code, between backticks.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path)), request_body = SendBody,
    responses((status = 201, description = "The message.", body = SentAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "SEND_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "MESSAGE_BLOCKED", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"])),
        ("x-rate-limit" = json!("messages"))))]
#[post("/api/channels/{channelId}/messages")]
pub(super) async fn send(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Valid(body): Valid<SendBody>,
) -> Result<Created<SentAnswer>, Fail> {
    let outcome =
        state.run(move |s| async move { actions::scheduled::submit(&s, actor.user, channel, body).await });
    Ok(Created(SentAnswer { success: Yes, outcome: outcome.await? }))
}

/// Read one message.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path), ("messageId" = MessageId, Path)),
    responses((status = 200, description = "The message.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/channels/{channelId}/messages/{messageId}")]
pub(super) async fn get(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Key(message): Key<MessageId, 1>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let message =
        state.run(move |s| async move { actions::messages::get(&s, actor.user, channel, message).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}

/// Change the text of a message.
///
/// Within 24 hours of sending it (configurable), and while its author may write in the channel. The rules of the server's
/// automod are asked first, as for a new message.
#[utoipa::path(put, path = "/api/messages/{messageId}", tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)), request_body = EditBody,
    responses((status = 200, description = "The message as it is now.", body = MessageAnswer)),
    extensions(("x-permissions" = json!(["AUTHOR", "SEND_MESSAGES"])), ("x-aliases" = json!(["PATCH /api/messages/{messageId}", "PUT /api/dms/messages/{messageId}", "PATCH /api/dms/messages/{messageId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "MESSAGE_BLOCKED", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[routes]
#[put("/api/messages/{messageId}")]
#[patch("/api/messages/{messageId}")]
#[put("/api/dms/messages/{messageId}")]
#[patch("/api/dms/messages/{messageId}")]
pub(super) async fn edit(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
    Valid(body): Valid<EditBody>,
) -> Result<Ok200<MessageAnswer>, Fail> {
    let content = Content::parse(&body)?;
    let message =
        state.run(move |s| async move { actions::messages::edit(&s, actor.user, message, content).await });
    Ok(Ok200(MessageAnswer { success: Yes, message: message.await? }))
}

/// Delete a message.
///
/// The content is gone for everyone; its place in the channel stays.
#[utoipa::path(delete, path = "/api/messages/{messageId}", tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)),
    responses((status = 200, description = "It is deleted.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", ["AUTHOR", "MANAGE_MESSAGES"]])), ("x-aliases" = json!(["DELETE /api/dms/messages/{messageId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[routes]
#[delete("/api/messages/{messageId}")]
#[delete("/api/dms/messages/{messageId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::messages::delete(&s, actor.user, message).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Catch up with a channel.
///
/// What changed since a `rev`: a message that changed several times appears once, as it is now. The same as `resume`
/// over the WebSocket.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path), ChangesQuery),
    responses((status = 200, description = "The changes, oldest first.", body = ChangesAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/channels/{channelId}/changes")]
pub(super) async fn changes(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Query(query): Query<ChangesQuery>,
) -> Result<Ok200<ChangesAnswer>, Fail> {
    if query.since < 0 {
        return Err(Invalid::field("since", "must not be negative").into());
    }
    let limit = ChangesLimit::new(query.limit);
    let (user, since) = (actor.user, (query.since, query.base));
    let read =
        state.run(move |s| async move { actions::messages::changes(&s, user, channel, since, limit).await });
    let read = read.await?;
    Ok(Ok200(ChangesAnswer {
        success: Yes,
        changes: read.changes,
        rev: read.rev,
        has_more: read.has_more,
        last_seq: read.head.last_seq,
    }))
}

/// Mark a channel as read.
///
/// Up to a message, or to the newest. A read mark never goes back, and is its reader's own: their other sessions hear
/// of it, nobody else does.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path)), request_body = ReadBody,
    responses((status = 200, description = "Where the mark is now.", body = ReadAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/channels/{channelId}/read")]
pub(super) async fn mark_read(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Valid(body): Valid<ReadBody>,
) -> Result<Ok200<ReadAnswer>, Fail> {
    let mark =
        state.run(move |s| async move { actions::messages::read(&s, actor.user, channel, body.seq).await });
    Ok(Ok200(ReadAnswer { success: Yes, mark: mark.await? }))
}
