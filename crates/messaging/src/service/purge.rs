//! Finding what somebody wrote lately, to be removed.

use diesel::sql_types::{BigInt, Bool, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use kernel::{Allowed, MessageId, Seq, TimelineId, Timestamp, UserId, can};

use super::Messaging;
use crate::Error;

backbone::statement! {
    // Walks back from the end: there is an index of places, and none of authors, which every send would pay for.
    struct Walk { timeline: TimelineId, author: UserId, before: Seq, since: Timestamp, until: Timestamp, slice: i64 }
        -> (BigInt, Uuid, Bool, Bool);
    "SELECT seq, id, author_id = " {author as Uuid} " AND deleted_at IS NULL AND kind = 'text' AND created_at >= "
    {since as Timestamptz} " AND created_at <= " {until as Timestamptz} ", created_at >= " {since as Timestamptz}
    " FROM messages WHERE timeline_id = " {timeline as Uuid} " AND seq < " {before as BigInt}
    " ORDER BY seq DESC LIMIT " {slice as BigInt}
}

/// Some of what somebody wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authored {
    /// Their messages in this part of the log.
    pub messages: Vec<MessageId>,
    /// Before which message to go on; `None` at the end.
    pub next: Option<Seq>,
}

impl Messaging {
    /// The texts that `author` wrote between two moments in a part of the log: the `slice` messages before `before`.
    /// Ends when a whole part is older.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn authored(
        &self,
        allowed: Allowed<can::ManageMessages>,
        author: UserId,
        (since, until): (Timestamp, Timestamp),
        before: Option<Seq>,
        slice: i64,
    ) -> Result<Authored, Error> {
        let (timeline, before) = (allowed.timeline(), before.unwrap_or(Seq::MAX));
        let walk = Walk { timeline, author, before, since, until, slice };
        let mut conn = self.pool.get().await?;
        let rows: Vec<(Seq, MessageId, bool, bool)> = walk.load(&mut conn).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|found| found == slice);
        let young = rows.iter().any(|(_, _, _, young)| *young);
        let next = rows.last().map(|(seq, ..)| *seq).filter(|_| full && young);
        let theirs = rows.into_iter().filter(|(_, _, theirs, _)| *theirs);
        Ok(Authored { messages: theirs.map(|(_, id, ..)| id).collect(), next })
    }
}
