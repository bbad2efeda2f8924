//! The JSON shape of a message, assembled from batches.

use identity::UserCard;
use kernel::{ChannelId, ConversationId, GuildId, MessageId, Rev, RoleId, Seq, Timestamp, UserId};
use media::AttachmentView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::assemble::Around;
use crate::model::{Place, TimelineKind};
use crate::preview::LinkPreview;
use crate::recording::{MessageType, VoiceNote};
use crate::row::Row;

/// A message on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b",
    "seq": 117,
    "rev": 131,
    "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7",
    "serverId": "01890a5e-1f20-7c3d-8a41-0e9b7d6c5f12",
    "content": "Hello **world**, @charles",
    "type": "text",
    "author": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "username": "ada",
        "name": "Ada Lovelace",
        "avatar": null
    },
    "attachments": [],
    "reactions": [{ "emoji": "👍", "count": 1, "users": ["01890a5d-ac96-774b-bcce-b302099a8057"], "me": true }],
    "replyTo": null,
    "parentMessageId": null,
    "threadCount": 2,
    "lastReplyAt": "2026-01-02T04:05:06.789Z",
    "mentions": [{
        "id": "01890a5d-ad01-7c7e-9a3b-5f6e7d8c9b0a",
        "username": "charles",
        "name": "Charles Babbage",
        "avatar": null
    }],
    "mentionRoles": [],
    "mentionEveryone": false,
    "isPinned": false,
    "edited": false,
    "editedAt": null,
    "deleted": false,
    "linkPreview": null,
    "voiceNote": null,
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
    /// What it is: `system` for what tells of something that its author did; else what its files are, and `text` without any.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// Who wrote it.
    pub author: UserCard,
    /// The same as `author`, in conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<UserCard>,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// What people put on it: the emoji that came first, first.
    pub reactions: Vec<ReactionView>,
    /// The message that this one answers.
    pub reply_to: Option<MessageId>,
    /// The message in whose thread it stands; then it is not in the channel's history.
    pub parent_message_id: Option<MessageId>,
    /// Replies in its own thread, without deleted ones.
    #[schema(example = 2)]
    pub thread_count: i32,
    /// When somebody wrote in its thread last; `null` without replies.
    pub last_reply_at: Option<Timestamp>,
    /// The people whom it mentions by name: who was called when it was sent and may view the channel, at most 50.
    pub mentions: Vec<UserCard>,
    /// The roles whose holders it mentions.
    pub mention_roles: Vec<RoleId>,
    /// Whether it mentions everybody who may view the channel.
    #[schema(example = false)]
    pub mention_everyone: bool,
    /// Whether it is pinned.
    #[schema(example = false)]
    pub is_pinned: bool,
    /// Whether the text was changed after it was sent.
    pub edited: bool,
    /// When it was changed last.
    pub edited_at: Option<Timestamp>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// What is behind the first link of the text. Comes a while after the message, as `message-updated`.
    pub link_preview: Option<LinkPreview>,
    /// The voice message that it is.
    pub voice_note: Option<VoiceNote>,
    /// What its author's client called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// An emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reaction)]
pub struct ReactionView {
    /// Which.
    #[schema(example = "👍")]
    pub emoji: String,
    /// How many have put it there.
    #[schema(example = 1)]
    pub count: i32,
    /// The first ten of them.
    pub users: Vec<UserId>,
    /// Whether the caller has. In answers only: an event is the same for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = true)]
    pub me: Option<bool>,
}

impl MessageView {
    /// The message at its place, with what is around it.
    pub(crate) fn new(row: Row, place: Place, around: &Around) -> Self {
        let in_channel = place.kind == TimelineKind::Channel;
        let attachments = around.files(&row);
        Self {
            author: around.card(row.author_id),
            sender: (!in_channel).then(|| around.card(row.author_id)),
            reactions: around.reactions(&row),
            link_preview: around.preview(&row),
            mentions: row.mentioned().iter().map(|user| around.card(*user)).collect(),
            id: row.id,
            seq: row.seq,
            rev: row.rev,
            channel_id: in_channel.then(|| row.timeline_id.into()),
            server_id: in_channel.then(|| place.scope.into()),
            conversation_id: (!in_channel).then(|| row.timeline_id.into()),
            content: row.content,
            kind: MessageType::of(row.kind, &attachments),
            voice_note: attachments.first().and_then(VoiceNote::of),
            attachments,
            reply_to: row.reply_to,
            parent_message_id: row.parent_id,
            thread_count: row.thread_count,
            last_reply_at: row.last_reply_at,
            mention_roles: row.mentioned_roles.unwrap_or_default(),
            mention_everyone: row.mentions_everyone,
            is_pinned: row.pinned_at.is_some(),
            edited: row.edited_at.is_some(),
            edited_at: row.edited_at,
            deleted: row.deleted_at.is_some(),
            nonce: row.nonce,
            created_at: row.created_at,
        }
    }
}
