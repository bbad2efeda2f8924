//! A message as it stands in its table.

use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid};
use kernel::{MessageId, Rev, RoleId, Seq, TimelineId, Timestamp, UserId};

use crate::model::Kind;
use crate::preview::first_link;

/// A message as it stands in its table, in the order of its columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct Row {
    pub(crate) timeline_id: TimelineId,
    pub(crate) seq: Seq,
    pub(crate) id: MessageId,
    pub(crate) author_id: UserId,
    pub(crate) kind: Kind,
    pub(crate) content: String,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) created_rev: Rev,
    pub(crate) rev: Rev,
    pub(crate) nonce: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
    /// The message in whose thread it stands.
    pub(crate) parent_id: Option<MessageId>,
    /// Replies in threads that the timeline had when this was created, itself included.
    pub(crate) replies: i64,
    /// Replies in its own thread that were not deleted.
    pub(crate) thread_count: i32,
    pub(crate) last_reply_at: Option<Timestamp>,
    pub(crate) mentioned_users: Option<Vec<UserId>>,
    pub(crate) mentioned_roles: Option<Vec<RoleId>>,
    pub(crate) mentions_everyone: bool,
    pub(crate) pinned_at: Option<Timestamp>,
    pub(crate) pinned_by: Option<UserId>,
    /// Different emoji on it.
    pub(crate) emoji: i16,
    /// Files that it has.
    pub(crate) files: i16,
}

impl Row {
    /// The named users whom it mentions.
    pub(crate) fn mentioned(&self) -> &[UserId] {
        self.mentioned_users.as_deref().unwrap_or_default()
    }

    /// Whether it can have a preview: that comes as a change of its own, after the message was written, and not to one without a
    /// link.
    pub(crate) fn may_have_preview(&self) -> bool {
        self.rev > self.created_rev && first_link(&self.content).is_some()
    }
}

/// The SQL types of a [`Row`].
pub(crate) type Columns = (
    Uuid,
    BigInt,
    Uuid,
    Uuid,
    Text,
    Text,
    Nullable<Uuid>,
    BigInt,
    BigInt,
    Nullable<Text>,
    Timestamptz,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Uuid>,
    BigInt,
    Integer,
    Nullable<Timestamptz>,
    Nullable<Array<Uuid>>,
    Nullable<Array<Uuid>>,
    Bool,
    Nullable<Timestamptz>,
    Nullable<Uuid>,
    SmallInt,
    SmallInt,
);

/// The columns of a [`Row`], of `messages AS m`.
pub(crate) const COLUMNS: &str = "m.timeline_id, m.seq, m.id, m.author_id, m.kind, m.content, m.reply_to, m.created_rev, \
     m.rev, m.nonce, m.created_at, m.edited_at, m.deleted_at, m.parent_id, m.replies, m.thread_count, m.last_reply_at, \
     m.mentioned_users, m.mentioned_roles, m.mentions_everyone, m.pinned_at, m.pinned_by, m.emoji, m.files";

#[cfg(test)]
impl Row {
    /// The first message of a new timeline, for unit tests.
    pub(crate) fn sample(env: &kernel::Env) -> Self {
        Self {
            timeline_id: env.id(),
            seq: 1,
            id: env.id(),
            author_id: env.id(),
            kind: Kind::Text,
            content: "x".into(),
            reply_to: None,
            created_rev: 1,
            rev: 1,
            nonce: None,
            created_at: env.now(),
            edited_at: None,
            deleted_at: None,
            parent_id: None,
            replies: 0,
            thread_count: 0,
            last_reply_at: None,
            mentioned_users: None,
            mentioned_roles: None,
            mentions_everyone: false,
            pinned_at: None,
            pinned_by: None,
            emoji: 0,
            files: 0,
        }
    }
}
