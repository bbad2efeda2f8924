//! The JSON shape of a message, assembled from batches.

use std::collections::HashMap;

use identity::UserCard;
use kernel::{ChannelId, ConversationId, GuildId, MessageId, Rev, Seq, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Kind, Place, Row, TimelineKind};

/// A message on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b",
    "seq": 117,
    "rev": 131,
    "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7",
    "serverId": "01890a5e-1f20-7c3d-8a41-0e9b7d6c5f12",
    "content": "Hello **world**",
    "type": "text",
    "author": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "username": "ada",
        "name": "Ada Lovelace",
        "avatar": null
    },
    "replyTo": null,
    "edited": false,
    "editedAt": null,
    "deleted": false,
    "nonce": "c-17",
    "createdAt": "2026-01-02T03:04:05.678Z"
}))]
pub struct MessageView {
    /// The message's id.
    pub id: MessageId,
    /// Its place in the channel: 1, 2, 3 … without gaps.
    #[schema(value_type = i64, example = 117)]
    pub seq: Seq,
    /// The channel's change counter when this message changed last.
    #[schema(value_type = i64, example = 131)]
    pub rev: Rev,
    /// The channel that it was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The channel's server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_id: Option<GuildId>,
    /// The conversation that it was written in, when it was not in a channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The text, as written. Empty once deleted.
    #[schema(example = "Hello **world**")]
    pub content: String,
    /// `text`, or `system` for what tells of something that its author did.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Who wrote it.
    pub author: UserCard,
    /// The same as `author`, in conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<UserCard>,
    /// The message that this one answers.
    pub reply_to: Option<MessageId>,
    /// Whether the text was changed after it was sent.
    pub edited: bool,
    /// When it was changed last.
    pub edited_at: Option<Timestamp>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// What its author's client called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

impl MessageView {
    pub(crate) fn new(row: Row, place: Place, authors: &HashMap<UserId, UserCard>) -> Self {
        let in_channel = place.kind == TimelineKind::Channel;
        let author = authors.get(&row.author_id).cloned().unwrap_or_else(|| gone(row.author_id));
        Self {
            id: row.id,
            seq: row.seq,
            rev: row.rev,
            channel_id: in_channel.then(|| row.timeline_id.into()),
            server_id: in_channel.then(|| place.scope.into()),
            conversation_id: (!in_channel).then(|| row.timeline_id.into()),
            content: row.content,
            kind: row.kind,
            sender: (!in_channel).then(|| author.clone()),
            author,
            reply_to: row.reply_to,
            edited: row.edited_at.is_some(),
            edited_at: row.edited_at,
            deleted: row.deleted_at.is_some(),
            nonce: row.nonce,
            created_at: row.created_at,
        }
    }
}

/// The card of an account that does not exist any more.
fn gone(id: UserId) -> UserCard {
    UserCard { id, username: "deleted".into(), name: "Deleted account".into(), avatar: None }
}
