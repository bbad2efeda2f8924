//! The table `mentions`: which named users a message mentions.

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Seq, TimelineId, UserId};

/// A user whom the message at a place mentions.
pub(crate) type Mention = (UserId, TimelineId, Seq);

backbone::statement! {
    struct Insert<'a> { users: &'a [UserId], timelines: &'a [TimelineId], seqs: &'a [Seq] } -> BigInt;
    "INSERT INTO mentions (user_id, timeline_id, seq) SELECT * FROM unnest("
    {users as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ") ON CONFLICT DO NOTHING"
}

backbone::statement! {
    struct Delete<'a> { users: &'a [UserId], timelines: &'a [TimelineId], seqs: &'a [Seq] } -> BigInt;
    "DELETE FROM mentions m USING unnest("
    {users as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>}
    ") AS u (user_id, timeline_id, seq) WHERE m.user_id = u.user_id AND m.timeline_id = u.timeline_id AND m.seq = u.seq"
}

/// Writes down who is mentioned.
pub(crate) async fn insert(tx: &mut AsyncPgConnection, mentions: &[Mention]) -> QueryResult<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    let (users, timelines, seqs) = columns(mentions);
    Insert { users: &users, timelines: &timelines, seqs: &seqs }.execute(tx).await.map(drop)
}

/// Forgets who was mentioned.
pub(crate) async fn delete(tx: &mut AsyncPgConnection, mentions: &[Mention]) -> QueryResult<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    let (users, timelines, seqs) = columns(mentions);
    Delete { users: &users, timelines: &timelines, seqs: &seqs }.execute(tx).await.map(drop)
}

fn columns(mentions: &[Mention]) -> (Vec<UserId>, Vec<TimelineId>, Vec<Seq>) {
    (
        mentions.iter().map(|(user, ..)| *user).collect(),
        mentions.iter().map(|(_, timeline, _)| *timeline).collect(),
        mentions.iter().map(|(.., seq)| *seq).collect(),
    )
}
