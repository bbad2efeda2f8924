//! Reading messages: each statement sees the head and the rows in one snapshot.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, Rev, ScopeId, Seq, TimelineId, Version};

use crate::model::{Head, Place, Row, TimelineKind};
use crate::schema::{messages, timelines};

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
);

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

macro_rules! snapshot {
    ($(#[$meta:meta])* $name:ident { $($field:ident),* } $($piece:tt)+) => {
        backbone::statement! {
            $(#[$meta])*
            struct $name { id: TimelineId, $($field: i64),* } -> HeadAndColumns;
            "SELECT t.kind, t.scope_id, t.last_seq, t.rev, s.version, m.timeline_id, m.seq, m.id, m.author_id, m.kind, m.content, \
             m.reply_to, m.created_rev, m.rev, m.nonce, m.created_at, m.edited_at, m.deleted_at \
             FROM timelines t JOIN scopes s ON s.id = t.scope_id LEFT JOIN LATERAL (SELECT * FROM messages WHERE timeline_id = t.id AND "
            $($piece)+
            ") AS m ON true WHERE t.closed_at IS NULL AND t.id = " {id as Uuid}
        }
    };
}

snapshot! {
    /// The newest alive messages before `before`, newest first.
    Before { before, visible_from, limit }
    "deleted_at IS NULL AND seq < " {before as BigInt} " AND seq >= " {visible_from as BigInt}
    " ORDER BY seq DESC LIMIT " {limit as BigInt}
}

snapshot! {
    /// The oldest alive messages after `after`, oldest first.
    After { after, visible_from, limit }
    "deleted_at IS NULL AND seq > " {after as BigInt} " AND seq >= " {visible_from as BigInt}
    " ORDER BY seq LIMIT " {limit as BigInt}
}

snapshot! {
    /// What changed after `since`, in the order of changes, deleted messages too.
    Since { since, visible_from, limit }
    "rev > " {since as BigInt} " AND seq >= " {visible_from as BigInt} " ORDER BY rev LIMIT " {limit as BigInt}
}

/// Which messages to read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// The newest before this place.
    Before(Seq),
    /// The oldest after this place.
    After(Seq),
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
    let rows: Vec<HeadAndRow> = match which {
        Which::Before(before) => Before { id, before, visible_from, limit }.load(conn).await?,
        Which::After(after) => After { id, after, visible_from, limit }.load(conn).await?,
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

/// The timeline that the message stands in.
pub(crate) async fn timeline_of(
    conn: &mut AsyncPgConnection,
    id: MessageId,
) -> QueryResult<Option<TimelineId>> {
    let found = messages::table.filter(messages::id.eq(id)).filter(messages::deleted_at.is_null());
    found.select(messages::timeline_id).first(conn).await.optional()
}

/// What the open timeline belongs to.
pub(crate) async fn kind_of(
    conn: &mut AsyncPgConnection,
    id: TimelineId,
) -> QueryResult<Option<TimelineKind>> {
    let open = timelines::table.find(id).filter(timelines::closed_at.is_null());
    open.select(timelines::kind).first(conn).await.optional()
}
