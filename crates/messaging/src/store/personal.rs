//! What these tables hold on one person.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, JoinOnDsl, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ScopeId, Seq, TimelineId, UserId};

use crate::model::Row;
use crate::schema::{messages, read_marks, timelines};

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

/// The messages of a timeline after `after`, up to `until`, that the user wrote.
pub(crate) async fn written(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    author: UserId,
    (after, until): (Seq, Seq),
) -> QueryResult<Vec<Row>> {
    messages::table
        .filter(messages::timeline_id.eq(timeline))
        .filter(messages::seq.gt(after))
        .filter(messages::seq.le(until))
        .filter(messages::author_id.eq(author))
        .order(messages::seq)
        .load(conn)
        .await
}

/// Forgets where the user has read to.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(read_marks::table.filter(read_marks::user_id.eq(user))).execute(conn).await.map(drop)
}
