//! What authors are told of their scheduled messages.

use kernel::{ChannelId, ConversationId, MessageId, ScheduledId, TimelineId, Timestamp, UserId};
use media::AttachmentView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::event::names;
use crate::model::TimelineKind;

backbone::stored_enum! {
    /// How far a scheduled message has come.
    pub enum ScheduledStatus {
        /// Its time has not come.
        Pending = "pending",
        /// It is being sent.
        Sending = "sending",
        /// It was sent.
        Sent = "sent",
        /// It could not be sent.
        Failed = "failed",
        /// Its author took it back.
        Cancelled = "cancelled",
    }
}

/// A row of the table.
#[derive(Clone, Debug, diesel::prelude::Queryable)]
pub(crate) struct Scheduled {
    pub(crate) id: ScheduledId,
    pub(crate) author_id: UserId,
    pub(crate) timeline_id: TimelineId,
    pub(crate) content: String,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) parent_id: Option<MessageId>,
    pub(crate) nonce: Option<String>,
    pub(crate) due_at: Timestamp,
    pub(crate) status: ScheduledStatus,
    pub(crate) message_id: Option<MessageId>,
    pub(crate) error_code: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) settled_at: Option<Timestamp>,
    pub(crate) kind: TimelineKind,
}

/// A message that is to be sent later, as its author sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ScheduledMessage)]
pub struct ScheduledView {
    /// Its id; not that of the message that it becomes.
    pub id: ScheduledId,
    /// The channel that it is sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The conversation that it is sent to, when that is no channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The text.
    #[schema(example = "Happy new year!")]
    pub content: String,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The message in whose thread it is to stand.
    pub parent_message_id: Option<MessageId>,
    /// The files that it is to have, as long as it waits.
    pub attachments: Vec<AttachmentView>,
    /// When it is sent.
    pub scheduled_for: Timestamp,
    /// How far it has come.
    pub status: ScheduledStatus,
    /// What it became, once it was sent.
    pub message_id: Option<MessageId>,
    /// Why it could not be sent.
    pub error: Option<ScheduledError>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was sent, failed or was cancelled.
    pub settled_at: Option<Timestamp>,
}

/// Why a message could not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScheduledError {
    /// For a program: a row of the table of error codes.
    #[schema(example = "INSUFFICIENT_PERMISSIONS")]
    pub code: String,
    /// For a person.
    #[schema(example = "you lack the permission SEND_MESSAGES")]
    pub message: String,
}

impl ScheduledView {
    /// The event's name on the wire.
    pub const EVENT: &str = "scheduled-message-updated";

    /// A row, with the files that are kept for it.
    pub(crate) fn new(row: Scheduled, attachments: Vec<AttachmentView>) -> Self {
        let (channel_id, conversation_id) = names(row.timeline_id, row.kind);
        Self {
            attachments,
            id: row.id,
            channel_id,
            conversation_id,
            content: row.content,
            reply_to: row.reply_to,
            parent_message_id: row.parent_id,
            scheduled_for: row.due_at,
            status: row.status,
            message_id: row.message_id,
            error: row.error_code.zip(row.error).map(|(code, message)| ScheduledError { code, message }),
            created_at: row.created_at,
            settled_at: row.settled_at,
        }
    }
}
