//! Timelines: opened and closed by the crates that own the places.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Seq, TimelineId, Timestamp, UserId};

use crate::model::{Head, Place};
use crate::schema::timelines;
use crate::store::marks::{self, Mark};

/// Opens timelines, empty.
///
/// # Errors
/// The query failed.
pub async fn open(tx: &mut AsyncPgConnection, places: &[Place]) -> QueryResult<()> {
    let rows = places
        .iter()
        .map(|place| {
            (
                timelines::id.eq(place.timeline),
                timelines::kind.eq(place.kind),
                timelines::scope_id.eq(place.scope),
            )
        })
        .collect::<Vec<_>>();
    diesel::insert_into(timelines::table).values(rows).execute(tx).await.map(drop)
}

/// The heads of those of `ids` that exist.
///
/// # Errors
/// The query failed.
pub async fn heads(conn: &mut AsyncPgConnection, ids: &[TimelineId]) -> QueryResult<Vec<(TimelineId, Head)>> {
    let rows: Vec<(TimelineId, i64, i64)> = timelines::table
        .filter(timelines::id.eq_any(ids))
        .filter(timelines::closed_at.is_null())
        .select((timelines::id, timelines::last_seq, timelines::rev))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, last_seq, rev)| (id, Head { last_seq, rev })).collect())
}

/// Marks timelines as closed: nothing is written or read there any more, and [`crate::Messaging::sweep`] removes their
/// messages. Call [`crate::fence::raise`] for their scope earlier in the transaction.
///
/// # Errors
/// The query failed.
pub async fn close(tx: &mut AsyncPgConnection, ids: &[TimelineId], now: Timestamp) -> QueryResult<()> {
    let closed = diesel::update(timelines::table.filter(timelines::id.eq_any(ids)));
    closed.set(timelines::closed_at.eq(now)).execute(tx).await.map(drop)
}

/// Marks all that is in these timelines as read by somebody: who comes in starts with nothing unread.
///
/// # Errors
/// The query failed.
pub async fn mark_all_read(tx: &mut AsyncPgConnection, user: UserId, ids: &[TimelineId]) -> QueryResult<()> {
    marks::read_all(tx, user, ids).await
}

/// Marks the timeline of a conversation as read by several people up to a message: who comes in starts with nothing unread.
///
/// # Errors
/// The query failed.
pub async fn mark_read_by(
    tx: &mut AsyncPgConnection,
    users: &[UserId],
    timeline: TimelineId,
    seq: Seq,
) -> QueryResult<()> {
    // What is unread in a conversation is counted, and does not need the replies. One order for everybody: no deadlock.
    let marks = users.iter().map(|user| Mark { user: *user, timeline, seq, replies: 0 });
    let mut marks = marks.collect::<Vec<_>>();
    marks.sort_unstable();
    marks::advance(tx, &marks).await
}

/// SQL for the moment of a timeline's newest message, deleted or not, to be followed by the expression of the timeline's id
/// and a closing bracket; NULL when nothing was written yet. Two look-ups by key.
pub const LATEST_AT: &str = "(SELECT latest.created_at FROM timelines AS head JOIN messages AS latest \
     ON latest.timeline_id = head.id AND latest.seq = head.last_seq WHERE head.id = ";
