//! Direct and group conversations: the list, and what one reads and writes there.

use actix_web::{get, post, routes, web};
use dm::input::{AcceptsBody, OpenBody, SettingsBody};
use dm::{Accepts, ConversationView, ConversationsLimit, Cursor, DetailView, Kind, SummaryView};
use kernel::{ConversationId, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{Caller, Fail, Key, Ok200, Query, State, Valid, Yes};

/// Which page of conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Conversations in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    #[param(example = "0.1767323045678.01890a63-5a40-7e21-9b3c-2d1e0f4a5b6c")]
    cursor: Option<String>,
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DmsAnswer {
    success: Yes,
    /// The conversations: pinned ones first, then by activity.
    dms: Vec<SummaryView>,
    #[serde(flatten)]
    rest: Rest,
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationsAnswer {
    success: Yes,
    /// The conversations: pinned ones first, then by activity.
    conversations: Vec<SummaryView>,
    #[serde(flatten)]
    rest: Rest,
}

/// What comes behind a page of conversations.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RestOfConversations)]
pub(super) struct Rest {
    /// Whether there are more.
    pub(super) has_more: bool,
    /// The next page's `cursor`.
    #[schema(example = json!(null))]
    pub(super) next_cursor: Option<String>,
}

/// A conversation of two.
#[derive(Serialize, ToSchema)]
pub(super) struct DmAnswer {
    success: Yes,
    /// The conversation.
    dm: ConversationView,
    /// Whether it was made now.
    created: bool,
}

/// A conversation.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationAnswer {
    success: Yes,
    /// The conversation, with everybody who is in it.
    conversation: DetailView,
}

/// What a conversation is for oneself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SettingsAnswer {
    success: Yes,
    /// Whether it stands above those that are not.
    is_pinned: bool,
    /// Whether one wants no notifications of it.
    is_muted: bool,
}

/// From whom one accepts messages.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AcceptsAnswer {
    success: Yes,
    /// From whom, of those who have not written before.
    accept_from: Accepts,
}

impl ListQuery {
    /// The caller's conversations, or those of one kind.
    pub(super) async fn read(
        self,
        state: &State,
        user: kernel::UserId,
        kind: Option<Kind>,
    ) -> Result<(Vec<SummaryView>, Rest), Fail> {
        let behind = self.cursor.map(|text| text.parse::<Cursor>());
        let behind = behind.transpose().map_err(|must| Invalid::field("cursor", must))?;
        let limit = ConversationsLimit::new(self.limit);
        let list = state.run(move |s| async move { s.dm.list(user, kind, behind, limit).await });
        let (page, next) = list.await?;
        let next_cursor = next.map(|cursor| cursor.to_string());
        Ok((page.items, Rest { has_more: page.has_more, next_cursor }))
    }
}

/// List the caller's conversations.
///
/// Direct and group conversations, each with its last message and how many messages the caller has not read: pinned ones
/// first, then by activity.
#[utoipa::path(get, path = "/api/dms", operation_id = "list_dms", tag = "conversations", security(("token" = [])), params(ListQuery),
    responses((status = 200, description = "A page of conversations.", body = DmsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["GET /api/dm"])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[routes]
#[get("/api/dms")]
#[get("/api/dm")]
pub(super) async fn list_dms(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Ok200<DmsAnswer>, Fail> {
    let (dms, rest) = query.read(&state, actor.user, None).await?;
    Ok(Ok200(DmsAnswer { success: Yes, dms, rest }))
}

/// List the caller's conversations, as `conversations`.
///
/// The same list as `GET /api/dms`, under another name.
#[utoipa::path(operation_id = "list_conversations", tag = "conversations", security(("token" = [])), params(ListQuery),
    responses((status = 200, description = "A page of conversations.", body = ConversationsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/dms/conversations")]
pub(super) async fn list_conversations(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Ok200<ConversationsAnswer>, Fail> {
    let (conversations, rest) = query.read(&state, actor.user, None).await?;
    Ok(Ok200(ConversationsAnswer { success: Yes, conversations, rest }))
}

/// Open the conversation with somebody.
///
/// The one that there is, or a new one, if they accept messages from the caller: `GET /api/dms/settings` says what
/// people choose from. There is one, whoever asks first.
#[utoipa::path(operation_id = "open_dm", tag = "conversations", security(("token" = [])), request_body = OpenBody,
    responses((status = 200, description = "The conversation.", body = DmAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/dms")]
pub(super) async fn open(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<OpenBody>,
) -> Result<Ok200<DmAnswer>, Fail> {
    let opened = state.run(move |s| async move { s.dm.open(actor.user, body.user_id).await }).await?;
    Ok(Ok200(DmAnswer { success: Yes, dm: opened.conversation, created: opened.created }))
}

/// Read a conversation.
///
/// With everybody who is in it, and how far each has read.
#[utoipa::path(operation_id = "get_conversation", tag = "conversations", security(("token" = [])), params(("conversationId" = ConversationId, Path)),
    responses((status = 200, description = "The conversation.", body = ConversationAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/dms/conversations/{conversationId}")]
pub(super) async fn get_conversation(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
) -> Result<Ok200<ConversationAnswer>, Fail> {
    let conversation = state.run(move |s| async move { s.dm.detail(actor.user, id).await }).await?;
    Ok(Ok200(ConversationAnswer { success: Yes, conversation }))
}

/// Pin or mute a conversation.
///
/// For oneself: nobody else sees it. What is not said stays.
#[utoipa::path(put, path = "/api/dms/conversations/{conversationId}/settings", operation_id = "configure_conversation", tag = "conversations",
    security(("token" = [])), params(("conversationId" = ConversationId, Path)), request_body = SettingsBody,
    responses((status = 200, description = "What it is now.", body = SettingsAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-aliases" = json!(["PATCH /api/dms/conversations/{conversationId}/settings"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[put("/api/dms/conversations/{conversationId}/settings")]
#[patch("/api/dms/conversations/{conversationId}/settings")]
pub(super) async fn configure(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<SettingsBody>,
) -> Result<Ok200<SettingsAnswer>, Fail> {
    let set = state.run(move |s| async move { s.dm.configure(actor.user, id, body).await }).await?;
    Ok(Ok200(SettingsAnswer { success: Yes, is_pinned: set.is_pinned, is_muted: set.is_muted }))
}

/// Read from whom one accepts messages.
///
/// Of those who have not written before: `everyone`, `servers` (people who share a server, and friends; unless one chooses),
/// or `friends`.
#[utoipa::path(operation_id = "read_message_settings", tag = "conversations", security(("token" = [])),
    responses((status = 200, description = "From whom.", body = AcceptsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["UNAVAILABLE"]))))]
#[get("/api/dms/settings")]
pub(super) async fn accepts(
    state: web::Data<State>,
    Caller(actor): Caller,
) -> Result<Ok200<AcceptsAnswer>, Fail> {
    let accept_from = state.run(move |s| async move { s.dm.accepts(actor.user).await }).await?;
    Ok(Ok200(AcceptsAnswer { success: Yes, accept_from }))
}

/// Choose from whom one accepts messages.
///
/// Conversations that there are stay open: only a block ends one.
#[utoipa::path(put, path = "/api/dms/settings", operation_id = "change_message_settings", tag = "conversations", security(("token" = [])), request_body = AcceptsBody,
    responses((status = 200, description = "From whom.", body = AcceptsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["PATCH /api/dms/settings"])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[routes]
#[put("/api/dms/settings")]
#[patch("/api/dms/settings")]
pub(super) async fn choose(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<AcceptsBody>,
) -> Result<Ok200<AcceptsAnswer>, Fail> {
    let accept_from = state.run(move |s| async move { s.dm.set_accepts(actor.user, body).await }).await?;
    Ok(Ok200(AcceptsAnswer { success: Yes, accept_from }))
}
