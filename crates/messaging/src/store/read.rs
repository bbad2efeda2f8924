//! Reading messages: each statement sees the head and the rows in one snapshot.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable};
use diesel::sql_types::{BigInt, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, Rev, ScopeId, Seq, TimelineId, Version};

use crate::model::{Head, Place, TimelineKind};
use crate::row::{COLUMNS, Columns, Row};
use crate::schema::{messages, timelines};

type HeadAndColumns = (Text, Uuid, BigInt, BigInt, BigInt, Nullable<Columns>);

#[derive(Debug, Queryable)]
struct HeadAndRow {
    kind: TimelineKind,
    scope_id: ScopeId,
    last_seq: Seq,
    rev: Rev,
    version: Version,
    row: Option<Row>,
}

/// Some messages of a timeline and its head, as they were at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) place: Place,
    pub(crate) head: Head,
    /// The scope's version at that moment: a grant of another one proves nothing about these rows.
    pub(crate) version: Version,
    pub(crate) rows: Vec<Row>,
}

// The inner limit is the most that a caller asks for, and a number in the text: of a bound one PostgreSQL assumes that it is
// a tenth of all rows, so that no plan for any number is cheap, and plans the statement anew each time. That takes longer
// than to read the page (0.1 ms of 0.25).
macro_rules! snapshot {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty),* } $($piece:tt)+) => {
        backbone::statement! {
            $(#[$meta])*
            struct $name { id: TimelineId, $($field: $type),* } -> HeadAndColumns;
            "SELECT t.kind, t.scope_id, t.last_seq, t.rev, s.version, " [COLUMNS]
            " FROM timelines t JOIN scopes s ON s.id = t.scope_id LEFT JOIN LATERAL (SELECT * FROM (SELECT * FROM messages WHERE timeline_id = t.id AND "
            $($piece)+
            ") AS m ON true WHERE t.closed_at IS NULL AND t.id = " {id as Uuid}
        }
    };
}

snapshot! {
    /// The newest alive messages before `before`, newest first, without those in threads.
    Before { before: Seq, visible_from: Seq, limit: i64 }
    "deleted_at IS NULL AND parent_id IS NULL AND seq < " {before as BigInt} " AND seq >= " {visible_from as BigInt}
    " ORDER BY seq DESC LIMIT 101) AS most LIMIT " {limit as BigInt}
}

snapshot! {
    /// The oldest alive messages after `after`, oldest first, without those in threads.
    After { after: Seq, visible_from: Seq, limit: i64 }
    "deleted_at IS NULL AND parent_id IS NULL AND seq > " {after as BigInt} " AND seq >= " {visible_from as BigInt}
    " ORDER BY seq LIMIT 101) AS most LIMIT " {limit as BigInt}
}

snapshot! {
    /// The oldest alive messages after `after`, oldest first, also those in threads.
    Everything { after: Seq, visible_from: Seq, limit: i64 }
    "deleted_at IS NULL AND seq > " {after as BigInt} " AND seq >= " {visible_from as BigInt}
    " ORDER BY seq LIMIT 101) AS most LIMIT " {limit as BigInt}
}

snapshot! {
    /// The message at a place, also one that was deleted.
    At { at: Seq, visible_from: Seq, limit: i64 }
    "seq = " {at as BigInt} " AND seq >= " {visible_from as BigInt} ") AS most LIMIT " {limit as BigInt}
}

snapshot! {
    /// The oldest alive replies of a thread after `after`, oldest first.
    Replies { parent: MessageId, after: Seq, visible_from: Seq, limit: i64 }
    "deleted_at IS NULL AND parent_id = " {parent as Uuid} " AND seq > " {after as BigInt}
    " AND seq >= " {visible_from as BigInt} " ORDER BY seq LIMIT 101) AS most LIMIT " {limit as BigInt}
}

snapshot! {
    /// What is pinned, the newest pin first.
    Pins { visible_from: Seq, limit: i64 }
    "pinned_at IS NOT NULL AND seq >= " {visible_from as BigInt}
    " ORDER BY pinned_at DESC, seq DESC LIMIT 251) AS most LIMIT " {limit as BigInt}
}

snapshot! {
    /// What changed after `since`, in the order of changes, deleted messages too.
    Since { since: Rev, visible_from: Seq, limit: i64 }
    "rev > " {since as BigInt} " AND seq >= " {visible_from as BigInt}
    " ORDER BY rev LIMIT 501) AS most LIMIT " {limit as BigInt}
}

/// Which messages to read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// The newest before this place.
    Before(Seq),
    /// The oldest after this place.
    After(Seq),
    /// The oldest after this place, also those in threads.
    Everything(Seq),
    /// The one at this place, deleted or not.
    At(Seq),
    /// Of a message's thread, the oldest after this place.
    Replies(MessageId, Seq),
    /// The pinned ones.
    Pins,
    /// What changed since, oldest change first.
    Since(Rev),
}

/// At most `limit` messages of the timeline at or after `visible_from`, and the head; `None` when there is no such
/// timeline.
pub(crate) async fn snapshot(
    conn: &mut AsyncPgConnection,
    id: TimelineId,
    which: Which,
    visible_from: Seq,
    limit: i64,
) -> QueryResult<Option<Snapshot>> {
    let most = match which {
        Which::Since(_) => 501,
        Which::Pins => 251,
        _ => 101,
    };
    debug_assert!(limit <= most, "the statement ends before {limit} rows");
    let rows: Vec<HeadAndRow> = match which {
        Which::Before(before) => Before { id, before, visible_from, limit }.load(conn).await?,
        Which::After(after) => After { id, after, visible_from, limit }.load(conn).await?,
        Which::Everything(after) => Everything { id, after, visible_from, limit }.load(conn).await?,
        Which::At(at) => At { id, at, visible_from, limit }.load(conn).await?,
        Which::Replies(parent, after) => {
            Replies { id, parent, after, visible_from, limit }.load(conn).await?
        }
        Which::Pins => Pins { id, visible_from, limit }.load(conn).await?,
        Which::Since(since) => Since { id, since, visible_from, limit }.load(conn).await?,
    };
    let [first, ..] = rows.as_slice() else { return Ok(None) };
    let place = Place { timeline: id, kind: first.kind, scope: first.scope_id };
    let head = Head { last_seq: first.last_seq, rev: first.rev };
    let version = first.version;
    Ok(Some(Snapshot { place, head, version, rows: rows.into_iter().filter_map(|row| row.row).collect() }))
}

/// Where the message stands in the timeline.
pub(crate) async fn seq_of(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    id: MessageId,
) -> QueryResult<Option<Seq>> {
    let found = messages::table.filter(messages::id.eq(id)).filter(messages::timeline_id.eq(timeline));
    found.select(messages::seq).first(conn).await.optional()
}

/// Where the message stands, deleted or not: whether it is, comes last.
pub(crate) async fn place_of(
    conn: &mut AsyncPgConnection,
    id: MessageId,
) -> QueryResult<Option<(TimelineId, Seq, bool)>> {
    let found = messages::table.filter(messages::id.eq(id));
    let place = found.select((messages::timeline_id, messages::seq, messages::deleted_at.is_not_null()));
    place.first(conn).await.optional()
}

/// What the open timeline belongs to.
pub(crate) async fn kind_of(
    conn: &mut AsyncPgConnection,
    id: TimelineId,
) -> QueryResult<Option<TimelineKind>> {
    let open = timelines::table.find(id).filter(timelines::closed_at.is_null());
    open.select(timelines::kind).first(conn).await.optional()
}
