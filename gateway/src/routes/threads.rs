//! What belongs to one message: its thread, and what it said before.

use actix_web::{get, web};
use kernel::{Invalid, MessageId};
use messaging::{Cursor, Head, MessageView, PreviousVersionView, RepliesLimit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions;
use crate::http::{Caller, Fail, Key, Ok200, Query, State, Yes};

/// Which part of the thread to read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ThreadQuery {
    /// Replies in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// A reply's id or seq: the page right after it.
    #[param(example = "117")]
    after: Option<String>,
}

/// A part of a thread.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadAnswer {
    success: Yes,
    /// The message that the replies answer; without its content when it was deleted.
    parent: MessageView,
    /// The replies, oldest first, without deleted ones.
    replies: Vec<MessageView>,
    /// How many there are.
    #[schema(example = 2)]
    total: i32,
    /// Whether there are more after these.
    has_more: bool,
    #[serde(flatten)]
    head: Head,
}

/// What a message said before.
#[derive(Serialize, ToSchema)]
pub(super) struct EditHistoryAnswer {
    success: Yes,
    /// The message as it is now.
    message: MessageView,
    /// What it said before, oldest first: at most the first text and the last 99.
    versions: Vec<PreviousVersionView>,
}

/// Read the thread of a message.
///
/// Replies are sent with `parentMessageId`. They are in no history of the channel, and do not count as unread there. When the
/// message was deleted, its thread stays and takes no more replies.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path), ThreadQuery),
    responses((status = 200, description = "A part of the thread.", body = ThreadAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/messages/{messageId}/thread")]
pub(super) async fn thread(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(parent): Key<MessageId>,
    Query(query): Query<ThreadQuery>,
) -> Result<Ok200<ThreadAnswer>, Fail> {
    let after = query.after.map(|text| text.parse::<Cursor>()).transpose();
    let after = after.map_err(|must| Invalid::field("after", must))?;
    let (user, limit) = (actor.user, RepliesLimit::new(query.limit));
    let read =
        state.run(move |s| async move { actions::messages::thread(&s, user, parent, after, limit).await });
    let read = read.await?;
    Ok(Ok200(ThreadAnswer {
        success: Yes,
        total: read.parent.thread_count,
        parent: read.parent,
        replies: read.replies,
        has_more: read.has_more,
        head: read.head,
    }))
}

/// Read what a message said before it was edited.
///
/// For those who keep order. When the message is deleted, this is gone, too.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("messageId" = MessageId, Path)),
    responses((status = 200, description = "The message and its former texts.", body = EditHistoryAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY", "MANAGE_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/messages/{messageId}/history")]
pub(super) async fn formerly(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
) -> Result<Ok200<EditHistoryAnswer>, Fail> {
    let read = state.run(move |s| async move { actions::messages::formerly(&s, actor.user, message).await });
    let read = read.await?;
    Ok(Ok200(EditHistoryAnswer { success: Yes, message: read.message, versions: read.versions }))
}
