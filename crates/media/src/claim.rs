//! How messages take files, in the transactions of who writes messages.

use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, SmallInt, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AttachmentId, MessageId, ScheduledId, ScopeId, Seq, TimelineId, Timestamp, UserId};

use crate::model::Attachment;
use crate::store::attachments;
use crate::view::AttachmentView;

/// A file that becomes part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The file.
    pub file: AttachmentId,
    /// Where the message stands.
    pub timeline: TimelineId,
    /// The server or conversation that this belongs to.
    pub scope: ScopeId,
    /// The message.
    pub message: MessageId,
    /// The message's number.
    pub seq: Seq,
    /// The file's place in it, from 0.
    pub position: i16,
}

backbone::statement! {
    struct Take<'a> {
        files: &'a [AttachmentId], timelines: &'a [TimelineId], messages: &'a [MessageId], seqs: &'a [Seq],
        scopes: &'a [ScopeId], positions: &'a [i16],
    } -> BigInt;
    "UPDATE attachments a SET timeline_id = u.timeline_id, message_id = u.message_id, seq = u.seq, scope_id = u.scope_id, position = u.position FROM unnest("
    {files as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {messages as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {scopes as Array<Uuid>} ", "
    {positions as Array<SmallInt>} ") AS u (id, timeline_id, message_id, seq, scope_id, position) WHERE a.id = u.id"
}

backbone::statement! {
    // 27: of the migration, so that it is no other advisory lock's.
    struct LockScopes<'a> { scopes: &'a [ScopeId] } -> BigInt;
    "SELECT count(pg_advisory_xact_lock(27, hashtext(id::text))) FROM unnest(" {scopes as Array<Uuid>} ") AS id"
}

backbone::statement! {
    struct Taken<'a> { scopes: &'a [ScopeId] } -> (Uuid, BigInt);
    "SELECT scope_id, sum(size)::bigint FROM attachments WHERE scope_id = ANY(" {scopes as Array<Uuid>}
    ") AND removed_at IS NULL GROUP BY scope_id"
}

backbone::statement! {
    struct Hold<'a> { files: &'a [AttachmentId], message: ScheduledId } -> BigInt;
    "UPDATE attachments a SET scheduled_id = " {message as Uuid} ", position = u.nth - 1 FROM unnest("
    {files as Array<Uuid>} ") WITH ORDINALITY AS u (id, nth) WHERE a.id = u.id"
}

impl Attachment {
    /// Whether `user` may make it part of a new message of the timeline: it is theirs, belongs to no message, and was not
    /// uploaded for another channel.
    pub fn is_free_for(&self, user: UserId, timeline: TimelineId) -> bool {
        self.uploader_id == user
            && self.message_id.is_none()
            && self.channel_id.is_none_or(|place| place == timeline)
    }

    /// Whether it is kept for a message that will be sent later.
    pub fn is_held(&self) -> bool {
        self.scheduled_id.is_some()
    }
}

/// Those of the files that are there, by id, locked until the transaction ends: look at [`Attachment::is_free_for`], then
/// [`claim`]. Call it after every other lock of the transaction was taken.
///
/// # Errors
/// Of the database.
pub async fn lock(
    tx: &mut AsyncPgConnection,
    files: &[AttachmentId],
) -> QueryResult<HashMap<AttachmentId, Attachment>> {
    if files.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = attachments::lock(tx, files).await?;
    Ok(rows.into_iter().map(|file| (file.id, file)).collect())
}

/// Bytes that the files of these servers take, by server; none of them gets another file until the transaction ends. Call
/// it after [`lock`].
///
/// # Errors
/// Of the database.
pub async fn taken(tx: &mut AsyncPgConnection, scopes: &[ScopeId]) -> QueryResult<HashMap<ScopeId, i64>> {
    if scopes.is_empty() {
        return Ok(HashMap::new());
    }
    // One order for everybody: no deadlock between two writers.
    let scopes = scopes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    LockScopes { scopes: &scopes }.execute(tx).await?;
    // Another statement: it sees what was committed before the locks were had.
    let taken: Vec<(ScopeId, i64)> = Taken { scopes: &scopes }.load(tx).await?;
    Ok(taken.into_iter().collect())
}

/// Makes files, which were locked by [`lock`] in this transaction, parts of messages.
///
/// # Errors
/// Of the database.
pub async fn claim(tx: &mut AsyncPgConnection, claims: &[Claim]) -> QueryResult<()> {
    if claims.is_empty() {
        return Ok(());
    }
    Take {
        files: &column(claims, |claim| claim.file),
        timelines: &column(claims, |claim| claim.timeline),
        messages: &column(claims, |claim| claim.message),
        seqs: &column(claims, |claim| claim.seq),
        scopes: &column(claims, |claim| claim.scope),
        positions: &column(claims, |claim| claim.position),
    }
    .execute(tx)
    .await
    .map(drop)
}

fn column<T>(claims: &[Claim], of: impl Fn(&Claim) -> T) -> Vec<T> {
    claims.iter().map(of).collect()
}

/// The files of messages, in their order, by message.
///
/// # Errors
/// Of the database.
pub async fn attached(
    conn: &mut AsyncPgConnection,
    messages: &[MessageId],
) -> QueryResult<HashMap<MessageId, Vec<AttachmentView>>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    if messages.is_empty() {
        return Ok(all);
    }
    for file in attachments::of_messages(conn, messages).await? {
        if let Some(message) = file.message_id {
            all.entry(message).or_default().push(file.into());
        }
    }
    Ok(all)
}

/// Keeps files, which were locked by [`lock`] in this transaction, for a message that will be sent later: they do not expire
/// while it waits. Their uploader may still send them before.
///
/// # Errors
/// Of the database.
pub async fn hold(
    tx: &mut AsyncPgConnection,
    files: &[AttachmentId],
    message: ScheduledId,
) -> QueryResult<()> {
    if files.is_empty() {
        return Ok(());
    }
    Hold { files, message }.execute(tx).await.map(drop)
}

/// The files that are kept for messages that will be sent later, in their order, by message.
///
/// # Errors
/// Of the database.
pub async fn held(
    conn: &mut AsyncPgConnection,
    messages: &[ScheduledId],
) -> QueryResult<HashMap<ScheduledId, Vec<AttachmentView>>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    if messages.is_empty() {
        return Ok(all);
    }
    for file in attachments::of_scheduled(conn, messages).await? {
        if let Some(message) = file.scheduled_id {
            all.entry(message).or_default().push(file.into());
        }
    }
    Ok(all)
}

/// Lets go of the files that were kept for a message: it was sent, cannot be, or was cancelled.
///
/// # Errors
/// Of the database.
pub async fn let_go(tx: &mut AsyncPgConnection, message: ScheduledId) -> QueryResult<()> {
    attachments::let_go(tx, message).await
}

/// Removes the files of messages that are deleted in this transaction. Their bytes go later.
///
/// # Errors
/// Of the database.
pub async fn release(tx: &mut AsyncPgConnection, messages: &[MessageId], now: Timestamp) -> QueryResult<()> {
    if messages.is_empty() {
        return Ok(());
    }
    attachments::remove_of(tx, messages, now).await
}

/// Removes at most `limit` files of timelines that are gone; how many. Their bytes go later.
///
/// # Errors
/// Of the database.
pub async fn abandon(
    conn: &mut AsyncPgConnection,
    timelines: &[TimelineId],
    limit: i64,
    now: Timestamp,
) -> QueryResult<usize> {
    attachments::remove_in(conn, timelines, limit, now).await
}
