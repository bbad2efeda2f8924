//! The JSON shapes of conversations.

use identity::UserCard;
use kernel::{ConversationId, Seq, Timestamp, UserId};
use messaging::{MessageView, Preview, Unread};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::OwnConversation;
use crate::{Kind, Rank};

/// A conversation, the same for everybody in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationInfo {
    /// The conversation.
    pub id: ConversationId,
    /// Whether it is of two or a group.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What the group is called.
    #[schema(example = "Engine room")]
    pub name: Option<String>,
    /// A picture: none, until pictures can be uploaded.
    #[schema(example = json!(null))]
    pub icon: Option<String>,
    /// Who owns the group.
    pub owner_id: Option<UserId>,
    /// Its admins, without the owner.
    pub admin_ids: Vec<UserId>,
    /// How many are in it.
    #[schema(example = 2)]
    pub member_count: i32,
    /// Whether those who are added read what was written before.
    pub shares_history: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A conversation, for one of those who are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    /// What everybody in it sees.
    #[serde(flatten)]
    pub info: ConversationInfo,
    /// The other one, when it is of two.
    pub recipient: Option<UserCard>,
    /// What one is there.
    pub role: Rank,
    /// Whether it stands above those that are not.
    pub is_pinned: bool,
    /// Whether one wants no notifications of it.
    pub is_muted: bool,
}

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SummaryView {
    /// The conversation.
    #[serde(flatten)]
    pub conversation: ConversationView,
    /// The newest message that is not deleted.
    pub last_message: Option<MessageView>,
    /// Messages of others that one has not read: exact, and at most 100.
    #[schema(example = 3)]
    pub unread_count: i64,
    /// How far it is, and how far one has read.
    #[serde(flatten)]
    pub unread: Unread,
}

/// Somebody who is in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantView {
    /// Who.
    pub user: UserCard,
    /// What they are there.
    pub role: Rank,
    /// Since when they are in it.
    pub joined_at: Timestamp,
    /// The last message that they have read; 0 for none, and across a block.
    #[schema(value_type = i64, example = 117)]
    pub last_read_seq: Seq,
}

/// A conversation with everybody who is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DetailView {
    /// The conversation.
    #[serde(flatten)]
    pub summary: SummaryView,
    /// Who is in it, in the order of coming.
    pub members: Vec<ParticipantView>,
}

impl ConversationInfo {
    pub(crate) fn new(row: &OwnConversation, owner_id: Option<UserId>, admin_ids: Vec<UserId>) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name.clone(),
            icon: None,
            owner_id,
            admin_ids,
            member_count: row.member_count,
            shares_history: row.shares_history,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl SummaryView {
    pub(crate) fn new(conversation: ConversationView, preview: Option<Preview>) -> Self {
        let nothing = Unread { last_seq: 0, rev: 0, last_read_seq: 0, unread: 0, mentions: 0 };
        let (unread, last_message) =
            preview.map_or((nothing, None), |preview| (preview.unread, preview.last));
        Self { conversation, last_message, unread_count: unread.unread, unread }
    }
}
