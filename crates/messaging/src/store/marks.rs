//! The table `read_marks`. A mark never goes back.

use diesel::QueryResult;
use diesel::prelude::{OptionalExtension, Queryable};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, RoleId, Seq, TimelineId, UserId, Version};

use crate::model::TimelineKind;

/// SQL that moves marks on, up to the lists of users, timelines, seqs and replies, and what stands behind them.
pub(super) const MOVE: &str =
    "INSERT INTO read_marks (user_id, timeline_id, seq, replies) SELECT * FROM unnest(";
/// See [`MOVE`].
pub(super) const MOVED: &str = ") ON CONFLICT (user_id, timeline_id) DO UPDATE SET seq = excluded.seq, replies = excluded.replies \
     WHERE read_marks.seq < excluded.seq";

backbone::statement! {
    struct Move<'a> { users: &'a [UserId], timelines: &'a [TimelineId], seqs: &'a [Seq], replies: &'a [i64] } -> BigInt;
    [MOVE] {users as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", "
    {replies as Array<BigInt>} [MOVED]
}

backbone::statement! {
    // Not beyond what there is: a mark in the future would hide what comes.
    // And not by a grant of another version than the scope's.
    struct Read { user: UserId, timeline: TimelineId, seq: Seq, version: Version } -> (Bool, Text, Nullable<BigInt>, BigInt);
    "WITH place AS (SELECT t.id, t.kind, t.last_seq, s.version = " {version as BigInt} " AS fresh \
     FROM timelines t JOIN scopes s ON s.id = t.scope_id WHERE t.closed_at IS NULL AND t.id = " {timeline as Uuid} "), \
     head AS (SELECT id, last_seq FROM place WHERE fresh), \
     upto AS (SELECT id, LEAST(last_seq, " {seq as BigInt} ") AS seq FROM head), \
     mark AS (INSERT INTO read_marks AS m (user_id, timeline_id, seq, replies) SELECT " {user as Uuid} ", id, seq, \
     COALESCE((SELECT x.replies FROM messages x WHERE x.timeline_id = upto.id AND x.seq = upto.seq), 0) FROM upto \
     ON CONFLICT (user_id, timeline_id) DO UPDATE SET seq = GREATEST(m.seq, excluded.seq), \
     replies = GREATEST(m.replies, excluded.replies) RETURNING m.seq) \
     SELECT place.fresh, place.kind, mark.seq, place.last_seq FROM place LEFT JOIN mark ON true"
}

backbone::statement! {
    struct ReadAll<'a> { user: UserId, timelines: &'a [TimelineId] } -> BigInt;
    "INSERT INTO read_marks AS m (user_id, timeline_id, seq, replies) SELECT " {user as Uuid}
    ", id, last_seq, replies FROM timelines WHERE id = ANY(" {timelines as Array<Uuid>}
    ") ON CONFLICT (user_id, timeline_id) DO UPDATE SET seq = GREATEST(m.seq, excluded.seq), \
     replies = GREATEST(m.replies, excluded.replies)"
}

backbone::statement! {
    // Unread: in a channel a subtraction, in a conversation counted. A message that mentions somebody twice counts once.
    struct Of<'a> { user: UserId, timelines: &'a [TimelineId], roles: &'a [RoleId], most: i64 }
        -> (Uuid, BigInt, BigInt, BigInt, BigInt, BigInt);
    "SELECT t.id, t.last_seq, t.rev, m.seq, CASE WHEN t.last_seq <= m.seq THEN 0 \
     WHEN t.kind = 'channel' THEN t.last_seq - m.seq - (t.replies - m.replies) \
     ELSE (SELECT count(*) FROM (SELECT FROM messages x WHERE x.timeline_id = t.id AND x.seq > m.seq \
     AND x.deleted_at IS NULL AND x.parent_id IS NULL AND x.author_id <> " {user as Uuid} " LIMIT " {most as BigInt}
    ") AS unread) END, CASE WHEN t.last_seq <= m.seq THEN 0 ELSE LEAST(" {most as BigInt} ", (SELECT count(*) FROM \
     (SELECT FROM mentions n WHERE n.user_id = " {user as Uuid} " AND n.timeline_id = t.id AND n.seq > m.seq LIMIT "
    {most as BigInt} ") AS named) + (SELECT count(*) FROM (SELECT FROM messages c WHERE c.timeline_id = t.id \
     AND c.seq > m.seq AND c.deleted_at IS NULL AND (c.mentions_everyone OR c.mentioned_roles IS NOT NULL) \
     AND (c.mentions_everyone OR c.mentioned_roles && " {roles as Array<Uuid>} ") AND c.author_id <> " {user as Uuid}
    " AND NOT COALESCE(" {user as Uuid} " = ANY(c.mentioned_users), false) LIMIT " {most as BigInt}
    ") AS called)) END FROM timelines t LEFT JOIN read_marks own ON own.timeline_id = t.id AND own.user_id = " {user as Uuid}
    " CROSS JOIN LATERAL (SELECT COALESCE(own.seq, 0) AS seq, COALESCE(own.replies, 0) AS replies) AS m \
     WHERE t.closed_at IS NULL AND t.id = ANY(" {timelines as Array<Uuid>} ")"
}

/// Mentions, and unread messages of a conversation, that are counted at most.
pub(crate) const COUNTED_MAX: i64 = 100;

/// How far a timeline is, and how far somebody has read in it.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct ReadState {
    pub(crate) timeline: TimelineId,
    pub(crate) last_seq: Seq,
    pub(crate) rev: Rev,
    pub(crate) read: Seq,
    pub(crate) unread: i64,
    pub(crate) mentions: i64,
}

/// A mark that is to be moved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) user: UserId,
    pub(crate) timeline: TimelineId,
    pub(crate) seq: Seq,
    /// The replies in threads up to there.
    pub(crate) replies: i64,
}

/// Moves marks on, each user and timeline at most once.
pub(crate) async fn advance(tx: &mut AsyncPgConnection, marks: &[Mark]) -> QueryResult<()> {
    if marks.is_empty() {
        return Ok(());
    }
    let users = marks.iter().map(|mark| mark.user).collect::<Vec<_>>();
    let timelines = marks.iter().map(|mark| mark.timeline).collect::<Vec<_>>();
    let seqs = marks.iter().map(|mark| mark.seq).collect::<Vec<_>>();
    let replies = marks.iter().map(|mark| mark.replies).collect::<Vec<_>>();
    Move { users: &users, timelines: &timelines, seqs: &seqs, replies: &replies }.execute(tx).await.map(drop)
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

/// Where a user who has these roles stands in those of `timelines` that exist.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    roles: &[RoleId],
    timelines: &[TimelineId],
) -> QueryResult<Vec<ReadState>> {
    Of { user, timelines, roles, most: COUNTED_MAX }.load(conn).await
}
