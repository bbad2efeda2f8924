//! What the writers need of the table `messages`.

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, Rev, Seq, TimelineId, Timestamp, UserId};

use super::read::Columns;
use crate::model::{Kind, Row};

/// What makes a send the same send.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NonceKey {
    pub(crate) timeline: TimelineId,
    pub(crate) author: UserId,
    pub(crate) nonce: String,
}

backbone::statement! {
    struct ByNonce<'a> { timelines: &'a [TimelineId], authors: &'a [UserId], nonces: &'a [&'a str] } -> Columns;
    "SELECT m.timeline_id, m.seq, m.id, m.author_id, m.kind, m.content, m.reply_to, m.created_rev, m.rev, m.nonce, \
     m.created_at, m.edited_at, m.deleted_at FROM unnest("
    {timelines as Array<Uuid>} ", " {authors as Array<Uuid>} ", " {nonces as Array<Text>}
    ") AS u (timeline_id, author_id, nonce) \
     JOIN messages m ON m.timeline_id = u.timeline_id AND m.author_id = u.author_id AND m.nonce = u.nonce"
}

backbone::statement! {
    struct ById<'a> { ids: &'a [MessageId] } -> Columns;
    "SELECT m.timeline_id, m.seq, m.id, m.author_id, m.kind, m.content, m.reply_to, m.created_rev, m.rev, m.nonce, \
     m.created_at, m.edited_at, m.deleted_at FROM messages m WHERE m.id = ANY(" {ids as Array<Uuid>} ")"
}

backbone::statement! {
    struct Insert<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], ids: &'a [MessageId], authors: &'a [UserId], kinds: &'a [Kind],
        contents: &'a [&'a str], replies: &'a [Option<MessageId>], created_revs: &'a [Rev], revs: &'a [Rev],
        nonces: &'a [Option<&'a str>], created_ats: &'a [Timestamp], edited_ats: &'a [Option<Timestamp>],
        deleted_ats: &'a [Option<Timestamp>],
    } -> BigInt;
    "INSERT INTO messages (timeline_id, seq, id, author_id, kind, content, reply_to, created_rev, rev, nonce, \
     created_at, edited_at, deleted_at) SELECT * FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {ids as Array<Uuid>} ", " {authors as Array<Uuid>}
    ", " {kinds as Array<Text>} ", " {contents as Array<Text>} ", " {replies as Array<Nullable<Uuid>>} ", "
    {created_revs as Array<BigInt>} ", " {revs as Array<BigInt>} ", " {nonces as Array<Nullable<Text>>} ", "
    {created_ats as Array<Timestamptz>} ", " {edited_ats as Array<Nullable<Timestamptz>>} ", "
    {deleted_ats as Array<Nullable<Timestamptz>>} ")"
}

backbone::statement! {
    struct Update<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], contents: &'a [&'a str], revs: &'a [Rev],
        edited_ats: &'a [Option<Timestamp>], deleted_ats: &'a [Option<Timestamp>],
    } -> BigInt;
    "UPDATE messages m SET content = u.content, rev = u.rev, edited_at = u.edited_at, deleted_at = u.deleted_at \
     FROM unnest(" {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {contents as Array<Text>} ", "
    {revs as Array<BigInt>} ", " {edited_ats as Array<Nullable<Timestamptz>>} ", "
    {deleted_ats as Array<Nullable<Timestamptz>>}
    ") AS u (timeline_id, seq, content, rev, edited_at, deleted_at) \
     WHERE m.timeline_id = u.timeline_id AND m.seq = u.seq"
}

/// The messages that were sent with these nonces.
pub(crate) async fn by_nonce(tx: &mut AsyncPgConnection, keys: &[&NonceKey]) -> QueryResult<Vec<Row>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let timelines = keys.iter().map(|key| key.timeline).collect::<Vec<_>>();
    let authors = keys.iter().map(|key| key.author).collect::<Vec<_>>();
    let nonces = keys.iter().map(|key| key.nonce.as_str()).collect::<Vec<_>>();
    ByNonce { timelines: &timelines, authors: &authors, nonces: &nonces }.load(tx).await
}

/// The messages of these ids.
pub(crate) async fn by_id(tx: &mut AsyncPgConnection, ids: &[MessageId]) -> QueryResult<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ById { ids }.load(tx).await
}

/// Adds rows.
pub(crate) async fn insert(tx: &mut AsyncPgConnection, rows: &[&Row]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Insert {
        timelines: &column(rows, |row| row.timeline_id),
        seqs: &column(rows, |row| row.seq),
        ids: &column(rows, |row| row.id),
        authors: &column(rows, |row| row.author_id),
        kinds: &column(rows, |row| row.kind),
        contents: &column(rows, |row| row.content.as_str()),
        replies: &column(rows, |row| row.reply_to),
        created_revs: &column(rows, |row| row.created_rev),
        revs: &column(rows, |row| row.rev),
        nonces: &column(rows, |row| row.nonce.as_deref()),
        created_ats: &column(rows, |row| row.created_at),
        edited_ats: &column(rows, |row| row.edited_at),
        deleted_ats: &column(rows, |row| row.deleted_at),
    }
    .execute(tx)
    .await
    .map(drop)
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
    }
    .execute(tx)
    .await
    .map(drop)
}

fn column<'a, T>(rows: &[&'a Row], of: impl Fn(&'a Row) -> T) -> Vec<T> {
    rows.iter().map(|row| of(row)).collect()
}
