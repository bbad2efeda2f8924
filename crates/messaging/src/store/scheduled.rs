//! The table `scheduled_messages`.

use diesel::QueryResult;
use diesel::dsl::{count_star, exists as is_there};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{BigInt, Bool, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, ScheduledId, Timestamp, UserId};

use crate::scheduled::{Scheduled, ScheduledStatus, Settled};
use crate::schema::scheduled_messages::{self, dsl};

const OPEN: [ScheduledStatus; 2] = [ScheduledStatus::Pending, ScheduledStatus::Sending];

backbone::statement! {
    // 22: of the migration, so that it is no other advisory lock's.
    struct LockAuthor { author: UserId } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock(22, hashtext(" {author as Uuid} "::text))) AS locked"
}

backbone::statement! {
    struct Sweep { before: Timestamp, limit: i64 } -> BigInt;
    "DELETE FROM scheduled_messages WHERE ctid = ANY(ARRAY(SELECT ctid FROM scheduled_messages WHERE settled_at < "
    {before as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED))"
}

/// Lets nobody else schedule for the author until the transaction ends.
pub(crate) async fn lock_author(tx: &mut AsyncPgConnection, author: UserId) -> QueryResult<()> {
    LockAuthor { author }.execute(tx).await.map(drop)
}

/// The one with the same author, timeline and nonce.
pub(crate) async fn by_nonce(tx: &mut AsyncPgConnection, row: &Scheduled) -> QueryResult<Option<Scheduled>> {
    let Some(nonce) = &row.nonce else { return Ok(None) };
    let same = dsl::scheduled_messages.filter(dsl::author_id.eq(row.author_id));
    same.filter(dsl::timeline_id.eq(row.timeline_id)).filter(dsl::nonce.eq(nonce)).first(tx).await.optional()
}

/// How many of the author's are not settled.
pub(crate) async fn open(tx: &mut AsyncPgConnection, author: UserId) -> QueryResult<i64> {
    let open = dsl::scheduled_messages.filter(dsl::author_id.eq(author)).filter(dsl::settled_at.is_null());
    open.select(count_star()).get_result(tx).await
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, row: &Scheduled) -> QueryResult<Scheduled> {
    let values = (
        dsl::id.eq(row.id),
        dsl::author_id.eq(row.author_id),
        dsl::timeline_id.eq(row.timeline_id),
        dsl::content.eq(&row.content),
        dsl::reply_to.eq(row.reply_to),
        dsl::parent_id.eq(row.parent_id),
        dsl::nonce.eq(&row.nonce),
        dsl::due_at.eq(row.due_at),
        dsl::status.eq(row.status),
        dsl::created_at.eq(row.created_at),
        dsl::kind.eq(row.kind),
    );
    diesel::insert_into(scheduled_messages::table).values(values).get_result(tx).await
}

/// At most `limit` of the author's, the last made first.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    author: UserId,
    status: Option<ScheduledStatus>,
    before: Option<ScheduledId>,
    limit: i64,
) -> QueryResult<Vec<Scheduled>> {
    let mut query = dsl::scheduled_messages.filter(dsl::author_id.eq(author)).into_boxed();
    if let Some(status) = status {
        query = query.filter(dsl::status.eq(status));
    }
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    query.order(dsl::id.desc()).limit(limit).load(conn).await
}

/// Cancels it, if its time has not come.
pub(crate) async fn cancel(
    conn: &mut AsyncPgConnection,
    author: UserId,
    id: ScheduledId,
    now: Timestamp,
) -> QueryResult<Option<Scheduled>> {
    let pending = dsl::scheduled_messages.find(id).filter(dsl::author_id.eq(author));
    diesel::update(pending.filter(dsl::status.eq(ScheduledStatus::Pending)))
        .set((dsl::status.eq(ScheduledStatus::Cancelled), dsl::settled_at.eq(now)))
        .get_result(conn)
        .await
        .optional()
}

/// Whether the author has, or had, one of this id.
pub(crate) async fn exists(
    conn: &mut AsyncPgConnection,
    author: UserId,
    id: ScheduledId,
) -> QueryResult<bool> {
    let found = dsl::scheduled_messages.find(id).filter(dsl::author_id.eq(author));
    diesel::select(is_there(found)).get_result(conn).await
}

/// From now on it is being sent.
pub(crate) async fn claim(conn: &mut AsyncPgConnection, id: ScheduledId) -> QueryResult<Option<Scheduled>> {
    diesel::update(dsl::scheduled_messages.find(id).filter(dsl::status.eq_any(OPEN)))
        .set(dsl::status.eq(ScheduledStatus::Sending))
        .get_result(conn)
        .await
        .optional()
}

/// Notes what became of it; `None` when that was noted before, or it is gone.
pub(crate) async fn settle(
    conn: &mut AsyncPgConnection,
    id: ScheduledId,
    settled: &Settled,
    now: Timestamp,
) -> QueryResult<Option<Scheduled>> {
    let (status, message, code, words): (_, Option<MessageId>, _, _) = match settled {
        Settled::Sent(message) => (ScheduledStatus::Sent, Some(*message), None, None),
        Settled::Failed(code, words) => (ScheduledStatus::Failed, None, Some(code.name()), Some(words)),
    };
    let set = (
        dsl::status.eq(status),
        dsl::message_id.eq(message),
        dsl::error_code.eq(code),
        dsl::error.eq(words),
        dsl::settled_at.eq(now),
    );
    let open = dsl::scheduled_messages.find(id).filter(dsl::status.eq_any(OPEN));
    diesel::update(open).set(set).get_result(conn).await.optional()
}

/// Removes up to `limit` that were settled before `before`.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<usize> {
    Sweep { before, limit }.execute(conn).await
}

/// Removes everything of the author's.
pub(crate) async fn erase(conn: &mut AsyncPgConnection, author: UserId) -> QueryResult<()> {
    diesel::delete(dsl::scheduled_messages.filter(dsl::author_id.eq(author))).execute(conn).await.map(drop)
}
