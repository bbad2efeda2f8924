//! The table `attachments`.

use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AttachmentId, MessageId, ScheduledId, TimelineId, Timestamp, UserId};

use crate::model::Attachment;
use crate::schema::attachments::{self, dsl};

/// The first of the two keys of the advisory lock of somebody's files: any number that no other crate uses.
const FILES: i32 = 0x6d65_6469;

backbone::statement! {
    struct Lock<'a> { space: &'a i32, user: &'a str } -> Integer;
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(" {space as Integer} ", hashtext(" {user as Text} "))) AS locked"
}

/// Lets nobody else add files of the user until the transaction ends: quotas are exact.
pub(crate) async fn lock_user(tx: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    let user = user.to_string();
    Lock { space: &FILES, user: &user }.execute(tx).await.map(drop)
}

/// Bytes that the user's files take.
pub(crate) async fn used(tx: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    let theirs = attachments::table.filter(dsl::uploader_id.eq(user)).filter(dsl::removed_at.is_null());
    // The sum of bigints is a numeric.
    let sum = sql::<Nullable<BigInt>>("sum(size)::bigint");
    theirs.select(sum).get_result::<Option<i64>>(tx).await.map(|sum| sum.unwrap_or(0))
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, files: &[Attachment]) -> QueryResult<()> {
    diesel::insert_into(attachments::table).values(files).execute(tx).await.map(drop)
}

/// Their bytes have arrived.
pub(crate) async fn stored(
    conn: &mut AsyncPgConnection,
    files: &[AttachmentId],
    now: Timestamp,
) -> QueryResult<usize> {
    let rows = attachments::table.filter(dsl::id.eq_any(files)).filter(dsl::removed_at.is_null());
    diesel::update(rows).set(dsl::stored_at.eq(now)).execute(conn).await
}

/// The file, if it is there.
pub(crate) async fn find(conn: &mut AsyncPgConnection, id: AttachmentId) -> QueryResult<Option<Attachment>> {
    let there = dsl::stored_at.is_not_null().and(dsl::removed_at.is_null());
    let row = attachments::table.find(id).filter(there).select(Attachment::as_select());
    row.first(conn).await.optional()
}

/// The file, if it is there or on its way.
pub(crate) async fn expected(
    conn: &mut AsyncPgConnection,
    id: AttachmentId,
) -> QueryResult<Option<Attachment>> {
    let row = attachments::table.find(id).filter(dsl::removed_at.is_null()).select(Attachment::as_select());
    row.first(conn).await.optional()
}

/// Marks the files as removed, in whatever state they are.
pub(crate) async fn remove(
    conn: &mut AsyncPgConnection,
    files: &[AttachmentId],
    now: Timestamp,
) -> QueryResult<()> {
    let rows = attachments::table.filter(dsl::id.eq_any(files)).filter(dsl::removed_at.is_null());
    diesel::update(rows).set(dsl::removed_at.eq(now)).execute(conn).await.map(drop)
}

/// Marks a file of the user that belongs to no message as removed; whether there was one.
pub(crate) async fn remove_unused(
    conn: &mut AsyncPgConnection,
    id: AttachmentId,
    user: UserId,
    now: Timestamp,
) -> QueryResult<bool> {
    let alone = dsl::message_id.is_null().and(dsl::scheduled_id.is_null());
    let unused = alone.and(dsl::stored_at.is_not_null()).and(dsl::removed_at.is_null());
    let row = attachments::table.find(id).filter(dsl::uploader_id.eq(user)).filter(unused);
    diesel::update(row).set(dsl::removed_at.eq(now)).execute(conn).await.map(|rows| rows == 1)
}

/// Marks the files of messages as removed.
pub(crate) async fn remove_of(
    tx: &mut AsyncPgConnection,
    messages: &[MessageId],
    now: Timestamp,
) -> QueryResult<()> {
    let rows = attachments::table.filter(dsl::message_id.eq_any(messages)).filter(dsl::removed_at.is_null());
    diesel::update(rows).set(dsl::removed_at.eq(now)).execute(tx).await.map(drop)
}

/// Marks at most `limit` files of the timelines as removed; how many.
pub(crate) async fn remove_in(
    conn: &mut AsyncPgConnection,
    timelines: &[TimelineId],
    limit: i64,
    now: Timestamp,
) -> QueryResult<usize> {
    let theirs =
        attachments::table.filter(dsl::timeline_id.eq_any(timelines)).filter(dsl::removed_at.is_null());
    let some = theirs.select(dsl::id).limit(limit).load::<AttachmentId>(conn).await?;
    if some.is_empty() {
        return Ok(0);
    }
    let rows = attachments::table.filter(dsl::id.eq_any(some)).filter(dsl::removed_at.is_null());
    diesel::update(rows).set(dsl::removed_at.eq(now)).execute(conn).await
}

/// Marks all files of the user as removed, and forgets what they were called.
pub(crate) async fn remove_all(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: Timestamp,
) -> QueryResult<()> {
    let rows = attachments::table.filter(dsl::uploader_id.eq(user));
    let removed_at =
        sql::<Nullable<Timestamptz>>("COALESCE(removed_at, ").bind::<Timestamptz, _>(now).sql(")");
    diesel::update(rows).set((dsl::removed_at.eq(removed_at), dsl::name.eq(""))).execute(conn).await.map(drop)
}

/// At most `limit` files of the user behind `after`, in the order of their ids.
pub(crate) async fn of_user(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: AttachmentId,
    limit: i64,
) -> QueryResult<Vec<Attachment>> {
    let theirs = attachments::table.filter(dsl::uploader_id.eq(user)).filter(dsl::id.gt(after));
    let there = theirs.filter(dsl::removed_at.is_null()).filter(dsl::stored_at.is_not_null());
    there.order(dsl::id).limit(limit).select(Attachment::as_select()).load(conn).await
}

/// The files of these messages, in their order.
pub(crate) async fn of_messages(
    conn: &mut AsyncPgConnection,
    messages: &[MessageId],
) -> QueryResult<Vec<Attachment>> {
    let theirs =
        attachments::table.filter(dsl::message_id.eq_any(messages)).filter(dsl::removed_at.is_null());
    theirs.order((dsl::message_id, dsl::position)).select(Attachment::as_select()).load(conn).await
}

/// The files that are kept for these messages, in their order.
pub(crate) async fn of_scheduled(
    conn: &mut AsyncPgConnection,
    messages: &[ScheduledId],
) -> QueryResult<Vec<Attachment>> {
    let theirs =
        attachments::table.filter(dsl::scheduled_id.eq_any(messages)).filter(dsl::removed_at.is_null());
    theirs.order((dsl::scheduled_id, dsl::position)).select(Attachment::as_select()).load(conn).await
}

/// Nothing is kept for this message any more.
pub(crate) async fn let_go(conn: &mut AsyncPgConnection, message: ScheduledId) -> QueryResult<()> {
    let rows = attachments::table.filter(dsl::scheduled_id.eq(message));
    // What was sent keeps its place in the message.
    let place = sql::<Nullable<SmallInt>>("CASE WHEN message_id IS NOT NULL THEN position END");
    diesel::update(rows)
        .set((dsl::scheduled_id.eq(None::<ScheduledId>), dsl::position.eq(place)))
        .execute(conn)
        .await
        .map(drop)
}

/// These files as far as they are there, locked against every other claim and removal, in one order for everybody.
pub(crate) async fn lock(tx: &mut AsyncPgConnection, files: &[AttachmentId]) -> QueryResult<Vec<Attachment>> {
    let there = dsl::stored_at.is_not_null().and(dsl::removed_at.is_null());
    let rows = attachments::table.filter(dsl::id.eq_any(files)).filter(there).order(dsl::id);
    rows.select(Attachment::as_select()).for_update().load(tx).await
}
