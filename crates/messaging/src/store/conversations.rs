//! Several timelines at a glance: where somebody stands in each, and what was written last.

use diesel::QueryResult;
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, ScopeId, Seq, TimelineId, UserId};

use crate::model::{Place, TimelineKind};
use crate::row::{COLUMNS, Columns, Row};

backbone::statement! {
    // The newest one that is not deleted is found from the end of the key; counting ends at the limit.
    struct Glance<'a> { user: UserId, ids: &'a [TimelineId], froms: &'a [Seq], most: i64 }
        -> (Uuid, Text, Uuid, BigInt, BigInt, BigInt, BigInt, Nullable<Columns>);
    "SELECT t.id, t.kind, t.scope_id, t.last_seq, t.rev, COALESCE(mark.seq, 0), (SELECT count(*) FROM (SELECT FROM messages n \
     WHERE n.timeline_id = t.id AND n.seq > COALESCE(mark.seq, 0) AND n.seq >= w.visible_from AND n.deleted_at IS NULL AND n.parent_id IS NULL \
     AND n.author_id <> " {user as Uuid} " LIMIT " {most as BigInt} ") AS counted), "
    [COLUMNS] " FROM unnest(" {ids as Array<Uuid>} ", " {froms as Array<BigInt>} ") AS w (id, visible_from) \
     JOIN timelines t ON t.id = w.id AND t.closed_at IS NULL \
     LEFT JOIN read_marks mark ON mark.timeline_id = t.id AND mark.user_id = " {user as Uuid}
    " LEFT JOIN LATERAL (SELECT * FROM messages WHERE timeline_id = t.id AND seq >= w.visible_from AND deleted_at IS NULL AND parent_id IS NULL \
     ORDER BY seq DESC LIMIT 1) AS m ON true"
}

backbone::statement! {
    struct ReadTo<'a> { timeline: TimelineId, users: &'a [UserId] } -> (Uuid, BigInt);
    "SELECT user_id, seq FROM read_marks WHERE timeline_id = " {timeline as Uuid} " AND user_id = ANY("
    {users as Array<Uuid>} ")"
}

/// A timeline at a glance.
#[derive(Debug, Queryable)]
pub(crate) struct TimelineSummary {
    timeline: TimelineId,
    kind: TimelineKind,
    scope: ScopeId,
    pub(crate) last_seq: Seq,
    pub(crate) rev: Rev,
    pub(crate) read: Seq,
    pub(crate) unread: i64,
    pub(crate) last: Option<Row>,
}

impl TimelineSummary {
    pub(crate) fn place(&self) -> Place {
        Place { timeline: self.timeline, kind: self.kind, scope: self.scope }
    }
}

/// Those of the timelines that exist, each as it is for somebody who sees it from a number on. Counts up to `most`.
pub(crate) async fn glance(
    conn: &mut AsyncPgConnection,
    user: UserId,
    of: &[(TimelineId, Seq)],
    most: i64,
) -> QueryResult<Vec<TimelineSummary>> {
    let (ids, froms): (Vec<_>, Vec<_>) = of.iter().copied().unzip();
    Glance { user, ids: &ids, froms: &froms, most }.load(conn).await
}

/// How far those of `users` have read who have read anything.
pub(crate) async fn read_to(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    users: &[UserId],
) -> QueryResult<Vec<(UserId, Seq)>> {
    ReadTo { timeline, users }.load(conn).await
}
