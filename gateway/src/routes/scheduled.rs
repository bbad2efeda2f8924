//! Messages that are sent later.

use actix_web::{delete, get, post, web};
use kernel::{AttachmentId, ChannelId, MessageId, ScheduledId, Timestamp};
use messaging::input::SendBody;
use messaging::scheduled::{ScheduledLimit, ScheduledStatus, ScheduledView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A message to be sent later.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScheduleBody {
    /// Where to send it: a channel or a conversation.
    channel_id: ChannelId,
    /// When: in the future, within a year (configurable).
    #[schema(example = "2026-01-02T09:00:00.000Z")]
    scheduled_for: Timestamp,
    /// The text, as for a message that is sent at once.
    #[schema(example = "Happy new year!", max_length = 4000)]
    content: String,
    /// The message that it answers, of the same channel or conversation.
    reply_to: Option<MessageId>,
    /// The message in whose thread it is to stand.
    parent_message_id: Option<MessageId>,
    /// Files, as for a message that is sent at once. They are kept until then.
    #[schema(example = json!([]))]
    attachments: Option<Vec<AttachmentId>>,
    /// Made by the client, up to 64 characters: the same author, place and nonce are scheduled once.
    #[schema(example = "c-18", max_length = 64)]
    nonce: Option<String>,
}

/// Which of one's scheduled messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those of this status.
    status: Option<ScheduledStatus>,
    /// The id of a scheduled message: those that were made before it.
    before: Option<ScheduledId>,
    /// Messages in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// A message that is sent later.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScheduledAnswer {
    success: Yes,
    /// The message.
    scheduled_message: ScheduledView,
}

/// Messages that are sent later.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScheduledListAnswer {
    success: Yes,
    /// The messages, the last made first.
    messages: Vec<ScheduledView>,
    /// Whether there are more, made before.
    has_more: bool,
}

/// Send a message later.
///
/// Once, at its time, whatever restarts; with what its author may do then. What could not be sent has the status `failed` and
/// says why, and the author's sessions hear of it. At most a year ahead, at most 100 that wait (configurable).
#[utoipa::path(tag = "messages", security(("token" = [])), request_body = ScheduleBody,
    responses((status = 201, description = "It will be sent.", body = ScheduledAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "SEND_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"])),
        ("x-rate-limit" = json!("messages"))))]
#[post("/api/scheduled-messages")]
pub(super) async fn schedule(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<ScheduleBody>,
) -> Result<Created<ScheduledAnswer>, Fail> {
    let (channel, at) = (body.channel_id, body.scheduled_for);
    let body = SendBody {
        content: body.content,
        reply_to: body.reply_to,
        parent_message_id: body.parent_message_id,
        attachments: body.attachments,
        nonce: body.nonce,
        ..SendBody::default()
    };
    let user = actor.user;
    let kept =
        state.run(move |s| async move { actions::scheduled::schedule(&s, user, channel, body, at).await });
    Ok(Created(ScheduledAnswer { success: Yes, scheduled_message: kept.await? }))
}

/// List one's scheduled messages.
///
/// Those that wait, and those that were sent, failed or cancelled in the last 30 days.
#[utoipa::path(tag = "messages", security(("token" = [])), params(ListQuery),
    responses((status = 200, description = "The messages, the last made first.", body = ScheduledListAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/scheduled-messages")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Ok200<ScheduledListAnswer>, Fail> {
    let ListQuery { status, before, limit } = query;
    let limit = ScheduledLimit::new(limit);
    let page =
        state.run(move |s| async move { s.messaging.scheduled(actor.user, status, before, limit).await });
    let page = page.await?;
    Ok(Ok200(ScheduledListAnswer { success: Yes, messages: page.items, has_more: page.has_more }))
}

/// Cancel a scheduled message.
///
/// Until it is being sent.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("scheduledId" = ScheduledId, Path)),
    responses((status = 200, description = "It will not be sent.", body = ScheduledAnswer)),
    extensions(("x-permissions" = json!(["AUTHOR"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/scheduled-messages/{scheduledId}")]
pub(super) async fn cancel(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ScheduledId>,
) -> Result<Ok200<ScheduledAnswer>, Fail> {
    let row = state.run(move |s| async move { s.messaging.cancel_scheduled(actor.user, id).await });
    Ok(Ok200(ScheduledAnswer { success: Yes, scheduled_message: row.await? }))
}
