//! What these tables hold on one person.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, JoinOnDsl, QueryDsl};
use diesel::sql_types::{BigInt, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ScopeId, Seq, TimelineId, UserId};

use crate::row::{COLUMNS, Columns, Row};
use crate::schema::{delivery_marks, mentions, reactions, read_marks, timelines};

/// A timeline where somebody has read or written.
#[derive(Clone, Copy, Debug, diesel::prelude::Queryable)]
pub(crate) struct Visited {
    pub(crate) timeline: TimelineId,
    pub(crate) scope: ScopeId,
    pub(crate) last_seq: Seq,
    /// Where they have read to.
    pub(crate) read: Seq,
}

/// At most `limit` timelines after `after` where the user has read or written, by id: who writes somewhere has a read
/// mark there.
pub(crate) async fn visited(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: TimelineId,
    limit: i64,
) -> QueryResult<Vec<Visited>> {
    read_marks::table
        .inner_join(timelines::table.on(timelines::id.eq(read_marks::timeline_id)))
        .filter(read_marks::user_id.eq(user))
        .filter(read_marks::timeline_id.gt(after))
        .order(read_marks::timeline_id)
        .limit(limit)
        .select((timelines::id, timelines::scope_id, timelines::last_seq, read_marks::seq))
        .load(conn)
        .await
}

backbone::statement! {
    struct Written { timeline: TimelineId, author: UserId, after: Seq, until: Seq } -> Columns;
    "SELECT " [COLUMNS] " FROM messages m WHERE m.timeline_id = " {timeline as Uuid} " AND m.seq > " {after as BigInt}
    " AND m.seq <= " {until as BigInt} " AND m.author_id = " {author as Uuid} " ORDER BY m.seq"
}

/// The messages of a timeline after `after`, up to `until`, that the user wrote.
pub(crate) async fn written(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    author: UserId,
    (after, until): (Seq, Seq),
) -> QueryResult<Vec<Row>> {
    Written { timeline, author, after, until }.load(conn).await
}

/// What the user put on the messages of a timeline after `after`, up to `until`.
pub(crate) async fn reacted(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    user: UserId,
    (after, until): (Seq, Seq),
) -> QueryResult<Vec<(Seq, String)>> {
    reactions::table
        .filter(reactions::timeline_id.eq(timeline))
        .filter(reactions::seq.gt(after))
        .filter(reactions::seq.le(until))
        .filter(reactions::user_id.eq(user))
        .order((reactions::seq, reactions::rev))
        .select((reactions::seq, reactions::emoji))
        .load(conn)
        .await
}

/// Forgets where the user has read to, what reached them, and that they were mentioned.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(read_marks::table.filter(read_marks::user_id.eq(user))).execute(conn).await?;
    diesel::delete(delivery_marks::table.filter(delivery_marks::user_id.eq(user))).execute(conn).await?;
    diesel::delete(mentions::table.filter(mentions::user_id.eq(user))).execute(conn).await.map(drop)
}
