//! Domain values.

use diesel::prelude::Queryable;
use kernel::{ConversationId, Seq, Timestamp, UserId};

backbone::stored_enum! {
    /// What a conversation is.
    #[schema(as = ConversationKind)]
    pub enum Kind {
        /// Of two.
        Direct = "direct",
        /// Of several, with a name.
        Group = "group",
    }
}

backbone::stored_enum! {
    /// What somebody is in a group. In a direct conversation both are members.
    #[derive(PartialOrd, Ord)]
    #[schema(as = ConversationRole)]
    pub enum Rank {
        /// Reads and writes.
        Member = "member",
        /// Also adds and removes members, names the group, and deletes what others wrote.
        Admin = "admin",
        /// Also makes admins, and gives the group to somebody else. One a group.
        Owner = "owner",
    }
}

backbone::stored_enum! {
    /// From whom somebody accepts messages, of those who have not written to them before.
    #[derive(Default)]
    #[schema(as = AcceptMessagesFrom)]
    pub enum Accepts {
        /// Anybody.
        Everyone = "everyone",
        /// Friends, and people who share a server.
        #[default]
        Servers = "servers",
        /// Friends.
        Friends = "friends",
    }
}

/// A conversation, for one of those who are in it.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct OwnConversation {
    pub(crate) id: ConversationId,
    pub(crate) kind: Kind,
    pub(crate) name: Option<String>,
    pub(crate) shares_history: bool,
    pub(crate) member_count: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) role: Rank,
    pub(crate) visible_from: Seq,
    pub(crate) is_pinned: bool,
    pub(crate) is_muted: bool,
    /// The other one of a direct conversation.
    pub(crate) partner: Option<UserId>,
}

/// Somebody who is in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct Participant {
    pub(crate) user_id: UserId,
    pub(crate) role: Rank,
    pub(crate) joined_at: Timestamp,
}
