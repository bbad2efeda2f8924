//! New messages, with what their sending moves: the heads of their timelines, and how far their authors have read.

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, Rev, Seq, TimelineId, Timestamp, UserId};

use super::column;
use super::heads::Locked;
use super::marks::{MOVE, MOVED, Mark};
use crate::model::Kind;
use crate::row::Row;

backbone::statement! {
    // One statement: each round trip more is felt by whoever sends.
    // Lists of lists are no type: what a message mentions comes as the text of an array, where it mentions somebody.
    struct Append<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], ids: &'a [MessageId], authors: &'a [UserId], kinds: &'a [Kind],
        contents: &'a [&'a str], replies: &'a [Option<MessageId>], created_revs: &'a [Rev], revs: &'a [Rev],
        nonces: &'a [Option<&'a str>], created_ats: &'a [Timestamp], edited_ats: &'a [Option<Timestamp>],
        deleted_ats: &'a [Option<Timestamp>], parents: &'a [Option<MessageId>], threaded: &'a [i64],
        users: &'a [Option<String>], roles: &'a [Option<String>], everyone: &'a [bool], files: &'a [i16],
        readers: &'a [UserId], read_in: &'a [TimelineId], read_to: &'a [Seq], read_replies: &'a [i64],
        heads: &'a [TimelineId], last_seqs: &'a [Seq], head_revs: &'a [Rev], head_replies: &'a [i64],
    } -> BigInt;
    "WITH written AS (INSERT INTO messages (timeline_id, seq, id, author_id, kind, content, reply_to, created_rev, rev, \
     nonce, created_at, edited_at, deleted_at, parent_id, replies, mentioned_users, mentioned_roles, mentions_everyone, \
     files) SELECT u.timeline_id, u.seq, u.id, u.author_id, u.kind, u.content, u.reply_to, u.created_rev, u.rev, u.nonce, \
     u.created_at, u.edited_at, u.deleted_at, u.parent_id, u.replies, u.users::uuid[], u.roles::uuid[], u.everyone, u.files FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {ids as Array<Uuid>} ", " {authors as Array<Uuid>}
    ", " {kinds as Array<Text>} ", " {contents as Array<Text>} ", " {replies as Array<Nullable<Uuid>>} ", "
    {created_revs as Array<BigInt>} ", " {revs as Array<BigInt>} ", " {nonces as Array<Nullable<Text>>} ", "
    {created_ats as Array<Timestamptz>} ", " {edited_ats as Array<Nullable<Timestamptz>>} ", "
    {deleted_ats as Array<Nullable<Timestamptz>>} ", " {parents as Array<Nullable<Uuid>>} ", "
    {threaded as Array<BigInt>} ", " {users as Array<Nullable<Text>>} ", " {roles as Array<Nullable<Text>>} ", "
    {everyone as Array<Bool>} ", " {files as Array<SmallInt>}
    ") AS u (timeline_id, seq, id, author_id, kind, content, reply_to, created_rev, rev, nonce, created_at, edited_at, \
     deleted_at, parent_id, replies, users, roles, everyone, files)), read AS (" [MOVE]
    {readers as Array<Uuid>} ", " {read_in as Array<Uuid>} ", " {read_to as Array<BigInt>} ", " {read_replies as Array<BigInt>}
    [MOVED] ") UPDATE timelines t SET last_seq = u.last_seq, rev = u.rev, replies = u.replies FROM unnest("
    {heads as Array<Uuid>} ", " {last_seqs as Array<BigInt>} ", " {head_revs as Array<BigInt>} ", "
    {head_replies as Array<BigInt>} ") AS u (id, last_seq, rev, replies) WHERE t.id = u.id"
}

/// What a batch adds, and how far it moves what.
#[derive(Debug)]
pub(crate) struct Appended<'a> {
    /// New messages.
    pub(crate) rows: Vec<&'a Row>,
    /// Heads as they are now.
    pub(crate) heads: Vec<&'a Locked>,
    /// How far authors have read, each user and timeline at most once.
    pub(crate) marks: Vec<Mark>,
}

/// Adds messages, moves the marks on, and writes the heads back.
pub(crate) async fn append(mut tx: &AsyncPgConnection, appended: Appended<'_>) -> QueryResult<()> {
    let Appended { rows, heads, marks } = &appended;
    if heads.is_empty() {
        return Ok(());
    }
    Append {
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
        parents: &column(rows, |row| row.parent_id),
        threaded: &column(rows, |row| row.replies),
        users: &column(rows, |row| array(row.mentioned_users.as_deref())),
        roles: &column(rows, |row| array(row.mentioned_roles.as_deref())),
        everyone: &column(rows, |row| row.mentions_everyone),
        files: &column(rows, |row| row.files),
        readers: &column(marks, |mark| mark.user),
        read_in: &column(marks, |mark| mark.timeline),
        read_to: &column(marks, |mark| mark.seq),
        read_replies: &column(marks, |mark| mark.replies),
        heads: &column(heads, |head| head.id),
        last_seqs: &column(heads, |head| head.last_seq),
        head_revs: &column(heads, |head| head.rev),
        head_replies: &column(heads, |head| head.replies),
    }
    .execute(&mut tx)
    .await
    .map(drop)
}

/// An array as PostgreSQL writes it.
fn array<T: std::fmt::Display>(items: Option<&[T]>) -> Option<String> {
    let items = items?.iter().map(ToString::to_string).collect::<Vec<_>>();
    Some(format!("{{{}}}", items.join(",")))
}
