//! The table `message_edits`: what messages said before they were edited.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl, Queryable};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, Seq, TimelineId, Timestamp};

use crate::schema::message_edits;

/// Former texts of a message that are kept: the first and the newest.
pub(crate) const KEPT: i64 = 100;

/// What a message said before an edit.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct PreviousVersion {
    pub(crate) timeline: TimelineId,
    pub(crate) seq: Seq,
    /// The rev of the edit.
    pub(crate) rev: Rev,
    pub(crate) content: String,
    pub(crate) written_at: Timestamp,
}

backbone::statement! {
    struct Insert<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], revs: &'a [Rev], contents: &'a [&'a str], ats: &'a [Timestamp],
    } -> BigInt;
    "INSERT INTO message_edits (timeline_id, seq, rev, content, written_at) SELECT * FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {revs as Array<BigInt>} ", "
    {contents as Array<Text>} ", " {ats as Array<Timestamptz>} ")"
}

backbone::statement! {
    // Of more than are kept, all between the first and the newest.
    struct Trim<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq], kept: i64 } -> BigInt;
    "DELETE FROM message_edits e USING (SELECT DISTINCT timeline_id, seq FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ") AS u (timeline_id, seq)) AS u \
     WHERE e.timeline_id = u.timeline_id AND e.seq = u.seq \
     AND e.rev > (SELECT min(rev) FROM message_edits f WHERE f.timeline_id = u.timeline_id AND f.seq = u.seq) \
     AND e.rev <= (SELECT rev FROM message_edits f WHERE f.timeline_id = u.timeline_id AND f.seq = u.seq \
     ORDER BY rev DESC OFFSET " {kept as BigInt} " LIMIT 1)"
}

backbone::statement! {
    struct Delete<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq] } -> BigInt;
    "DELETE FROM message_edits e USING unnest(" {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>}
    ") AS u (timeline_id, seq) WHERE e.timeline_id = u.timeline_id AND e.seq = u.seq"
}

/// Keeps what messages said until now.
pub(crate) async fn insert(tx: &mut AsyncPgConnection, former: &[PreviousVersion]) -> QueryResult<()> {
    if former.is_empty() {
        return Ok(());
    }
    let timelines = former.iter().map(|one| one.timeline).collect::<Vec<_>>();
    let seqs = former.iter().map(|one| one.seq).collect::<Vec<_>>();
    let revs = former.iter().map(|one| one.rev).collect::<Vec<_>>();
    let contents = former.iter().map(|one| one.content.as_str()).collect::<Vec<_>>();
    let ats = former.iter().map(|one| one.written_at).collect::<Vec<_>>();
    let insert = Insert { timelines: &timelines, seqs: &seqs, revs: &revs, contents: &contents, ats: &ats };
    insert.execute(tx).await?;
    // Without the first, which stays.
    Trim { timelines: &timelines, seqs: &seqs, kept: KEPT - 1 }.execute(tx).await.map(drop)
}

/// Forgets what the messages at these places said before.
pub(crate) async fn delete(
    tx: &mut AsyncPgConnection,
    timelines: &[TimelineId],
    seqs: &[Seq],
) -> QueryResult<()> {
    Delete { timelines, seqs }.execute(tx).await.map(drop)
}

/// What the message at a place said before, the oldest first.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    seq: Seq,
) -> QueryResult<Vec<PreviousVersion>> {
    let rows = message_edits::table.filter(message_edits::timeline_id.eq(timeline));
    rows.filter(message_edits::seq.eq(seq)).order(message_edits::rev).limit(KEPT).load(conn).await
}
