//! What is to be removed for good, of both tables.

use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper};
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AttachmentId, PictureId, Timestamp};

use crate::kind::Conversion;
use crate::model::{Attachment, Picture};
use crate::schema::{attachments, pictures};

/// Marks as removed what belongs to no message since `unused`, and what did not arrive since `broken`.
pub(crate) async fn expire(
    conn: &mut AsyncPgConnection,
    (unused, broken): (Timestamp, Timestamp),
    now: Timestamp,
) -> QueryResult<()> {
    use attachments::dsl;
    let late = dsl::created_at.lt(unused).or(dsl::created_at.lt(broken).and(dsl::stored_at.is_null()));
    let alone = dsl::message_id.is_null().and(dsl::scheduled_id.is_null()).and(dsl::removed_at.is_null());
    let rows = attachments::table.filter(alone).filter(late);
    diesel::update(rows).set(dsl::removed_at.eq(now)).execute(conn).await?;
    let over = attachments::table.filter(dsl::expires_at.le(now)).filter(dsl::removed_at.is_null());
    diesel::update(over).set(dsl::removed_at.eq(now)).execute(conn).await?;
    let halves = pictures::stored_at.is_null().and(pictures::removed_at.is_null());
    let rows = pictures::table.filter(halves).filter(pictures::created_at.lt(broken));
    diesel::update(rows).set(pictures::removed_at.eq(now)).execute(conn).await.map(drop)
}

/// What waits to be converted since `before` waits no longer: its job was given up.
pub(crate) async fn give_up(conn: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<()> {
    use attachments::dsl;
    // Written out, so that a prepared query finds its index.
    let waiting = sql::<Bool>("conversion = 'pending'");
    let there = attachments::table.filter(waiting).filter(dsl::removed_at.is_null());
    let rows = there.filter(dsl::created_at.lt(before));
    diesel::update(rows).set(dsl::conversion.eq(Conversion::Failed)).execute(conn).await.map(drop)
}

/// Files whose bytes are to be removed, the longest due first.
pub(crate) async fn attachments(conn: &mut AsyncPgConnection, limit: i64) -> QueryResult<Vec<Attachment>> {
    let due = attachments::table.filter(attachments::removed_at.is_not_null());
    due.order(attachments::removed_at).limit(limit).select(Attachment::as_select()).load(conn).await
}

/// Square pictures whose bytes are to be removed, the longest due first.
pub(crate) async fn pictures(conn: &mut AsyncPgConnection, limit: i64) -> QueryResult<Vec<Picture>> {
    let due = pictures::table.filter(pictures::removed_at.is_not_null());
    due.order(pictures::removed_at).limit(limit).select(Picture::as_select()).load(conn).await
}

/// Forgets what has no bytes any more.
pub(crate) async fn forget(
    conn: &mut AsyncPgConnection,
    files: &[AttachmentId],
    squares: &[PictureId],
) -> QueryResult<()> {
    diesel::delete(attachments::table.filter(attachments::id.eq_any(files))).execute(conn).await?;
    diesel::delete(pictures::table.filter(pictures::id.eq_any(squares))).execute(conn).await.map(drop)
}
