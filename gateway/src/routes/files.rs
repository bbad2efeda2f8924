//! The files of a channel or conversation, and of a message.

use actix_web::{delete, get, web};
use kernel::{AttachmentId, MessageId, TimelineId};
use media::Kind;
use messaging::{FileStats, FilesLimit, MessageView, SentFile};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions;
use crate::http::{Caller, Fail, Key, Ok200, Query, State, Yes};

/// Which files.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FilesQuery {
    /// Only files of this kind.
    kind: Option<Kind>,
    /// A file's id: those that were uploaded before it.
    before: Option<AttachmentId>,
    /// Files in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// Files of a channel or conversation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FilesAnswer {
    success: Yes,
    /// The files, the last uploaded first.
    attachments: Vec<SentFile>,
    /// Whether there are more, uploaded before.
    has_more: bool,
}

/// What files take.
#[derive(Serialize, ToSchema)]
pub(super) struct FileStatsAnswer {
    success: Yes,
    /// The sums.
    stats: FileStats,
}

/// A message that has no files any more.
#[derive(Serialize, ToSchema)]
pub(super) struct StrippedAnswer {
    success: Yes,
    /// The message as it is now: deleted, when it had nothing but files.
    message: MessageView,
}

/// List the files of a channel or conversation.
///
/// Those of messages that the caller may read.
#[utoipa::path(tag = "media", security(("token" = [])), params(("channelId" = TimelineId, Path), FilesQuery),
    responses((status = 200, description = "The files, the last uploaded first.", body = FilesAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[get("/api/files/media/{channelId}")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(timeline): Key<TimelineId>,
    Query(query): Query<FilesQuery>,
) -> Result<Ok200<FilesAnswer>, Fail> {
    let FilesQuery { kind, before, limit } = query;
    let limit = FilesLimit::new(limit);
    let page = state.run(move |s| async move {
        actions::media::list(&s, actor.user, timeline, (kind, before), limit).await
    });
    let page = page.await?;
    Ok(Ok200(FilesAnswer { success: Yes, attachments: page.items, has_more: page.has_more }))
}

/// Count the files of a channel or conversation.
///
/// Those of messages that the caller may read.
#[utoipa::path(tag = "media", security(("token" = [])), params(("channelId" = TimelineId, Path)),
    responses((status = 200, description = "How many there are, and what they take.", body = FileStatsAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[get("/api/files/stats/{channelId}")]
pub(super) async fn stats(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(timeline): Key<TimelineId>,
) -> Result<Ok200<FileStatsAnswer>, Fail> {
    let stats = state.run(move |s| async move { actions::media::stats(&s, actor.user, timeline).await });
    Ok(Ok200(FileStatsAnswer { success: Yes, stats: stats.await? }))
}

/// Delete the files of a message.
///
/// The text stays. A message that has no text is deleted.
#[utoipa::path(tag = "media", operation_id = "delete_of_message", security(("token" = [])), params(("messageId" = MessageId, Path)),
    responses((status = 200, description = "The message as it is now.", body = StrippedAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "AUTHOR"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[delete("/api/files/{messageId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
) -> Result<Ok200<StrippedAnswer>, Fail> {
    let message = state.run(move |s| async move { actions::media::remove_of(&s, actor.user, message).await });
    Ok(Ok200(StrippedAnswer { success: Yes, message: message.await? }))
}
