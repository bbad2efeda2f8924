//! The table `uploads`: files that people send to the store itself.

use chrono::TimeDelta;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AttachmentId, Timestamp, UploadId, UserId};

use crate::model::Upload;
use crate::schema::uploads::{self, dsl};

/// Bytes that the user announced and that may still come.
pub(crate) async fn announced(tx: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    let open = uploads::table.filter(dsl::user_id.eq(user)).filter(dsl::ended_at.is_null());
    // The sum of bigints is a numeric.
    let sum = sql::<Nullable<BigInt>>("sum(size)::bigint");
    open.select(sum).get_result::<Option<i64>>(tx).await.map(|sum| sum.unwrap_or(0))
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, upload: &Upload) -> QueryResult<()> {
    diesel::insert_into(uploads::table).values(upload).execute(tx).await.map(drop)
}

/// What the user announced, in whatever state it is.
pub(crate) async fn find(
    conn: &mut AsyncPgConnection,
    id: UploadId,
    user: UserId,
) -> QueryResult<Option<Upload>> {
    let row = uploads::table.find(id).filter(dsl::user_id.eq(user)).select(Upload::as_select());
    row.first(conn).await.optional()
}

/// This file became of the upload; whether it was still open.
pub(crate) async fn complete(
    tx: &mut AsyncPgConnection,
    id: UploadId,
    file: AttachmentId,
    now: Timestamp,
) -> QueryResult<bool> {
    let row = uploads::table.find(id).filter(dsl::ended_at.is_null());
    let ended = (dsl::attachment_id.eq(file), dsl::ended_at.eq(now));
    diesel::update(row).set(ended).execute(tx).await.map(|rows| rows == 1)
}

/// No file became of the upload after all: it can be completed again.
pub(crate) async fn reopen(conn: &mut AsyncPgConnection, id: UploadId) -> QueryResult<()> {
    let open = (dsl::attachment_id.eq(None::<AttachmentId>), dsl::ended_at.eq(None::<Timestamp>));
    diesel::update(uploads::table.find(id)).set(open).execute(conn).await.map(drop)
}

/// What came is refused.
pub(crate) async fn refuse(conn: &mut AsyncPgConnection, id: UploadId, now: Timestamp) -> QueryResult<()> {
    let row = uploads::table.find(id).filter(dsl::ended_at.is_null());
    diesel::update(row).set(dsl::ended_at.eq(now)).execute(conn).await.map(drop)
}

/// Ends all uploads of the user, and forgets what they were called; their bytes are due to be removed.
pub(crate) async fn end_all(conn: &mut AsyncPgConnection, user: UserId, now: Timestamp) -> QueryResult<()> {
    let rows = uploads::table.filter(dsl::user_id.eq(user));
    let ended_at = sql::<Nullable<Timestamptz>>("COALESCE(ended_at, ").bind::<Timestamptz, _>(now).sql(")");
    let changes = (dsl::ended_at.eq(ended_at), dsl::name.eq(""), dsl::due_at.eq(now));
    diesel::update(rows).set(changes).execute(conn).await.map(drop)
}

/// Uploads whose bytes are to be removed, the longest due first.
pub(crate) async fn due(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
    limit: i64,
) -> QueryResult<Vec<UploadId>> {
    let due = uploads::table.filter(dsl::due_at.le(now)).order(dsl::due_at);
    due.limit(limit).select(dsl::id).load(conn).await
}

/// The bytes of these uploads are removed. Those that were announced more than `last` ago are forgotten; how many. Bytes of the
/// others may still come, by a connection that is very slow: they are looked for once more after that time.
pub(crate) async fn forget(
    conn: &mut AsyncPgConnection,
    ids: &[UploadId],
    last: TimeDelta,
    now: Timestamp,
) -> QueryResult<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let these = uploads::table.filter(dsl::id.eq_any(ids));
    let old = these.clone().filter(dsl::created_at.le(now.plus(-last)));
    let forgotten = diesel::delete(old).execute(conn).await?;
    let ended_at = sql::<Nullable<Timestamptz>>("COALESCE(ended_at, ").bind::<Timestamptz, _>(now).sql(")");
    let changes = (dsl::ended_at.eq(ended_at), dsl::due_at.eq(now.plus(last)));
    diesel::update(these).set(changes).execute(conn).await?;
    Ok(forgotten)
}
