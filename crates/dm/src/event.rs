//! What conversations tell those who are in them: the payloads of their events, by the events' names.
//!
//! Messages, typing and read receipts go to the conversation's timeline. What happens to the conversation itself goes to
//! each of those who are in it: they are at most 100, it happens rarely, and who is removed hears of it, too.

use kernel::{ConversationId, Event, Fence, Header, Internal, Payload, Seq, Topic, Turn, UserId, frame};

use crate::view::{ConversationInfo, ConversationView, ParticipantView};

kernel::payloads! {
    /// To a user: they are in a conversation that their sessions do not know yet.
    ConversationCreated = "conversation-created" {
        /// The conversation, as they see it.
        pub conversation: ConversationView,
    }
    /// To everybody in a conversation: its name, settings, owner or admins changed.
    ConversationUpdated = "conversation-updated" {
        /// The conversation as it is now.
        pub conversation: ConversationInfo,
    }
    /// To everybody who was in a group: others were added.
    ConversationMemberAdded = "conversation-member-added" {
        /// The group.
        pub conversation_id: ConversationId,
        /// Who.
        pub members: Vec<ParticipantView>,
        /// How many are in it now.
        #[schema(example = 3)]
        pub member_count: i32,
    }
    /// To everybody who was in a group: somebody left or was removed. To the one themselves, too.
    ConversationMemberRemoved = "conversation-member-removed" {
        /// The group.
        pub conversation_id: ConversationId,
        /// Who.
        pub user_id: UserId,
        /// How many are in it now.
        #[schema(example = 2)]
        pub member_count: i32,
    }
    /// To a user: what a conversation is for them changed, in one of their sessions or by HTTP.
    ConversationSettingsUpdated = "conversation-settings-updated" {
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Whether it stands above those that are not.
        pub is_pinned: bool,
        /// Whether they want no notifications of it.
        pub is_muted: bool,
    }
    /// To everybody in a conversation: somebody has read up to here.
    MessageReadReceipt = "message-read-receipt" {
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Who.
        pub user_id: UserId,
        /// The last message that they have read.
        #[schema(value_type = i64, example = 117)]
        pub seq: Seq,
    }
}

/// The event that tells each of `users` of `what`.
pub(crate) fn tell<T: Payload>(
    users: impl IntoIterator<Item = UserId>,
    fence: Fence,
    what: &T,
) -> Result<Vec<Event>, Internal> {
    let frame = frame(T::NAME, what, None)?;
    let header = Header { fence: Some(fence), ..Header::default() };
    Ok(users
        .into_iter()
        .map(|user| Event { topic: Topic::User(user), header, frame: frame.clone() })
        .collect())
}

/// The event that tells a user of a conversation that is theirs from now on: hubs let their sessions hear it first.
pub(crate) fn welcome(user: UserId, fence: Fence, conversation: ConversationView) -> Result<Event, Internal> {
    let frame = frame(ConversationCreated::EVENT, &ConversationCreated { conversation }, None)?;
    let header = Header { fence: Some(fence), turn: Turn::Admits, ..Header::default() };
    Ok(Event { topic: Topic::User(user), header, frame })
}

/// The event that tells a conversation how far somebody has read, whose access was proved under `fence`.
///
/// # Errors
/// It cannot be JSON.
pub fn receipt(user_id: UserId, fence: Fence, seq: Seq) -> Result<Event, Internal> {
    let conversation_id = fence.scope.into();
    let receipt = MessageReadReceipt { conversation_id, user_id, seq };
    let frame = frame(MessageReadReceipt::EVENT, &receipt, None)?;
    let header = Header { fence: Some(fence), ..Header::default() };
    Ok(Event { topic: Topic::Timeline(conversation_id.into()), header, frame })
}
