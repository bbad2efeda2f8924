//! What the writers read and change of the table `messages`; what is new goes through [`super::append`].

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, Rev, Seq, TimelineId, Timestamp, UserId};

use super::column;
use crate::row::{COLUMNS, Columns, Row};

/// What makes a send the same send.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NonceKey {
    pub(crate) timeline: TimelineId,
    pub(crate) author: UserId,
    pub(crate) nonce: String,
}

backbone::statement! {
    struct ByNonce<'a> { timelines: &'a [TimelineId], authors: &'a [UserId], nonces: &'a [&'a str] } -> Columns;
    "SELECT " [COLUMNS] " FROM unnest("
    {timelines as Array<Uuid>} ", " {authors as Array<Uuid>} ", " {nonces as Array<Text>}
    ") AS u (timeline_id, author_id, nonce) \
     JOIN messages m ON m.timeline_id = u.timeline_id AND m.author_id = u.author_id AND m.nonce = u.nonce"
}

backbone::statement! {
    struct ById<'a> { ids: &'a [MessageId] } -> Columns;
    "SELECT " [COLUMNS] " FROM messages m WHERE m.id = ANY(" {ids as Array<Uuid>} ")"
}

backbone::statement! {
    // A tombstone mentions nobody.
    struct Update<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], contents: &'a [&'a str], revs: &'a [Rev],
        edited_ats: &'a [Option<Timestamp>], deleted_ats: &'a [Option<Timestamp>], threads: &'a [i32],
        last_replies: &'a [Option<Timestamp>], pinned_ats: &'a [Option<Timestamp>], pinned_bys: &'a [Option<UserId>],
        emoji: &'a [i16], files: &'a [i16],
    } -> BigInt;
    "UPDATE messages m SET content = u.content, rev = u.rev, edited_at = u.edited_at, deleted_at = u.deleted_at, \
     thread_count = u.thread_count, last_reply_at = u.last_reply_at, pinned_at = u.pinned_at, pinned_by = u.pinned_by, \
     emoji = u.emoji, mentioned_users = CASE WHEN u.deleted_at IS NULL THEN m.mentioned_users END, \
     mentioned_roles = CASE WHEN u.deleted_at IS NULL THEN m.mentioned_roles END, \
     mentions_everyone = m.mentions_everyone AND u.deleted_at IS NULL, \
     files = u.files \
     FROM unnest(" {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {contents as Array<Text>} ", "
    {revs as Array<BigInt>} ", " {edited_ats as Array<Nullable<Timestamptz>>} ", "
    {deleted_ats as Array<Nullable<Timestamptz>>} ", " {threads as Array<Integer>} ", "
    {last_replies as Array<Nullable<Timestamptz>>} ", " {pinned_ats as Array<Nullable<Timestamptz>>} ", "
    {pinned_bys as Array<Nullable<Uuid>>} ", " {emoji as Array<SmallInt>} ", " {files as Array<SmallInt>}
    ") AS u (timeline_id, seq, content, rev, edited_at, deleted_at, thread_count, last_reply_at, pinned_at, pinned_by, emoji, files) \
     WHERE m.timeline_id = u.timeline_id AND m.seq = u.seq"
}

backbone::statement! {
    struct Pinned<'a> { timelines: &'a [TimelineId] } -> (Uuid, BigInt);
    "SELECT timeline_id, count(*) FROM messages WHERE pinned_at IS NOT NULL AND timeline_id = ANY("
    {timelines as Array<Uuid>} ") GROUP BY timeline_id"
}

/// The messages that were sent with these nonces.
pub(crate) async fn by_nonce(mut tx: &AsyncPgConnection, keys: &[&NonceKey]) -> QueryResult<Vec<Row>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let timelines = keys.iter().map(|key| key.timeline).collect::<Vec<_>>();
    let authors = keys.iter().map(|key| key.author).collect::<Vec<_>>();
    let nonces = keys.iter().map(|key| key.nonce.as_str()).collect::<Vec<_>>();
    ByNonce { timelines: &timelines, authors: &authors, nonces: &nonces }.load(&mut tx).await
}

/// The messages of these ids.
pub(crate) async fn by_id(mut tx: &AsyncPgConnection, ids: &[MessageId]) -> QueryResult<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ById { ids }.load(&mut tx).await
}

/// Writes back what can change of rows.
pub(crate) async fn update(tx: &mut AsyncPgConnection, rows: &[&Row]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Update {
        timelines: &column(rows, |row| row.timeline_id),
        seqs: &column(rows, |row| row.seq),
        contents: &column(rows, |row| row.content.as_str()),
        revs: &column(rows, |row| row.rev),
        edited_ats: &column(rows, |row| row.edited_at),
        deleted_ats: &column(rows, |row| row.deleted_at),
        threads: &column(rows, |row| row.thread_count),
        last_replies: &column(rows, |row| row.last_reply_at),
        pinned_ats: &column(rows, |row| row.pinned_at),
        pinned_bys: &column(rows, |row| row.pinned_by),
        emoji: &column(rows, |row| row.emoji),
        files: &column(rows, |row| row.files),
    }
    .execute(tx)
    .await
    .map(drop)
}

/// How many messages are pinned in those of `timelines` that have any.
pub(crate) async fn pinned(
    tx: &mut AsyncPgConnection,
    timelines: &[TimelineId],
) -> QueryResult<Vec<(TimelineId, i64)>> {
    if timelines.is_empty() {
        return Ok(Vec::new());
    }
    Pinned { timelines }.load(tx).await
}
