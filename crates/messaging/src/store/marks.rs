//! The table `read_marks`. A mark never goes back.

use diesel::QueryResult;
use diesel::prelude::{OptionalExtension, Queryable};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, Seq, TimelineId, UserId, Version};

use crate::model::TimelineKind;

backbone::statement! {
    struct Move<'a> { users: &'a [UserId], timelines: &'a [TimelineId], seqs: &'a [Seq] } -> BigInt;
    "INSERT INTO read_marks (user_id, timeline_id, seq) SELECT * FROM unnest("
    {users as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>}
    ") ON CONFLICT (user_id, timeline_id) DO UPDATE SET seq = excluded.seq WHERE read_marks.seq < excluded.seq"
}

backbone::statement! {
    // Not beyond what there is: a mark in the future would hide what comes.
    // And not by a grant of another version than the scope's.
    struct Read { user: UserId, timeline: TimelineId, seq: Seq, version: Version } -> (Bool, Text, Nullable<BigInt>, BigInt);
    "WITH place AS (SELECT t.id, t.kind, t.last_seq, s.version = " {version as BigInt} " AS fresh \
     FROM timelines t JOIN scopes s ON s.id = t.scope_id WHERE t.closed_at IS NULL AND t.id = " {timeline as Uuid} "), \
     head AS (SELECT id, last_seq FROM place WHERE fresh), \
     mark AS (INSERT INTO read_marks AS m (user_id, timeline_id, seq) SELECT " {user as Uuid} ", id, \
     LEAST(last_seq, " {seq as BigInt} ") FROM head \
     ON CONFLICT (user_id, timeline_id) DO UPDATE SET seq = GREATEST(m.seq, excluded.seq) RETURNING m.seq) \
     SELECT place.fresh, place.kind, mark.seq, place.last_seq FROM place LEFT JOIN mark ON true"
}

backbone::statement! {
    struct ReadAll<'a> { user: UserId, timelines: &'a [TimelineId] } -> BigInt;
    "INSERT INTO read_marks AS m (user_id, timeline_id, seq) SELECT " {user as Uuid}
    ", id, last_seq FROM timelines WHERE id = ANY(" {timelines as Array<Uuid>}
    ") ON CONFLICT (user_id, timeline_id) DO UPDATE SET seq = GREATEST(m.seq, excluded.seq)"
}

backbone::statement! {
    struct Of<'a> { user: UserId, timelines: &'a [TimelineId] } -> (Uuid, BigInt, BigInt, BigInt);
    "SELECT t.id, t.last_seq, t.rev, COALESCE(m.seq, 0) FROM timelines t \
     LEFT JOIN read_marks m ON m.timeline_id = t.id AND m.user_id = " {user as Uuid}
    " WHERE t.closed_at IS NULL AND t.id = ANY(" {timelines as Array<Uuid>} ")"
}

/// How far a timeline is, and how far somebody has read in it.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct Standing {
    pub(crate) timeline: TimelineId,
    pub(crate) last_seq: Seq,
    pub(crate) rev: Rev,
    pub(crate) read: Seq,
}

/// Moves marks on, each user and timeline at most once.
pub(crate) async fn advance(
    tx: &mut AsyncPgConnection,
    marks: &[(UserId, TimelineId, Seq)],
) -> QueryResult<()> {
    if marks.is_empty() {
        return Ok(());
    }
    let users = marks.iter().map(|(user, _, _)| *user).collect::<Vec<_>>();
    let timelines = marks.iter().map(|(_, timeline, _)| *timeline).collect::<Vec<_>>();
    let seqs = marks.iter().map(|(_, _, seq)| *seq).collect::<Vec<_>>();
    Move { users: &users, timelines: &timelines, seqs: &seqs }.execute(tx).await.map(drop)
}

/// What became of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// What kind of timeline it is in, where it is, and where the end is.
    At(TimelineKind, Seq, Seq),
    /// It stayed: the scope has another version than the grant.
    Stale,
}

/// Moves one mark on, at most to the end. `None` without such a timeline.
pub(crate) async fn read(
    conn: &mut AsyncPgConnection,
    user: UserId,
    timeline: TimelineId,
    seq: Seq,
    version: Version,
) -> QueryResult<Option<Marked>> {
    let query = Read { user, timeline, seq, version };
    let found: Option<(bool, TimelineKind, Option<Seq>, Seq)> = query.get_result(conn).await.optional()?;
    Ok(found.map(|(fresh, kind, seq, end)| match seq.filter(|_| fresh) {
        Some(seq) => Marked::At(kind, seq, end),
        None => Marked::Stale,
    }))
}

/// Moves a user's marks to the present end of timelines.
pub(crate) async fn read_all(
    tx: &mut AsyncPgConnection,
    user: UserId,
    timelines: &[TimelineId],
) -> QueryResult<()> {
    ReadAll { user, timelines }.execute(tx).await.map(drop)
}

/// Where a user stands in those of `timelines` that exist.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    timelines: &[TimelineId],
) -> QueryResult<Vec<Standing>> {
    Of { user, timelines }.load(conn).await
}
