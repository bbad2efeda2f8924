//! What is written down, of both tables, to be compared with what is kept.

use std::collections::HashSet;

use diesel::QueryResult;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AttachmentId, PictureId, Timestamp, UploadId};

use crate::model::{Attachment, Picture};
use crate::schema::{attachments, pictures, uploads};

/// Those of the files that have a row, in whatever state.
pub(crate) async fn files_among(
    conn: &mut AsyncPgConnection,
    ids: &[AttachmentId],
) -> QueryResult<HashSet<AttachmentId>> {
    let known = attachments::table.filter(attachments::id.eq_any(ids)).select(attachments::id);
    Ok(known.load(conn).await?.into_iter().collect())
}

/// Those of the square pictures that have a row, in whatever state.
pub(crate) async fn pictures_among(
    conn: &mut AsyncPgConnection,
    ids: &[PictureId],
) -> QueryResult<HashSet<PictureId>> {
    let known = pictures::table.filter(pictures::id.eq_any(ids)).select(pictures::id);
    Ok(known.load(conn).await?.into_iter().collect())
}

/// Those of the announced uploads that have a row, in whatever state.
pub(crate) async fn uploads_among(
    conn: &mut AsyncPgConnection,
    ids: &[UploadId],
) -> QueryResult<HashSet<UploadId>> {
    let known = uploads::table.filter(uploads::id.eq_any(ids)).select(uploads::id);
    Ok(known.load(conn).await?.into_iter().collect())
}

/// Files that are there, behind `after`, in the order of their ids.
pub(crate) async fn files(
    conn: &mut AsyncPgConnection,
    after: AttachmentId,
    limit: i64,
) -> QueryResult<Vec<Attachment>> {
    let there = attachments::stored_at.is_not_null().and(attachments::removed_at.is_null());
    let rows = attachments::table.filter(attachments::id.gt(after)).filter(there);
    rows.order(attachments::id).limit(limit).select(Attachment::as_select()).load(conn).await
}

/// Square pictures that are there, behind `after`, in the order of their ids.
pub(crate) async fn pictures(
    conn: &mut AsyncPgConnection,
    after: PictureId,
    limit: i64,
) -> QueryResult<Vec<Picture>> {
    let there = pictures::stored_at.is_not_null().and(pictures::removed_at.is_null());
    let rows = pictures::table.filter(pictures::id.gt(after)).filter(there);
    rows.order(pictures::id).limit(limit).select(Picture::as_select()).load(conn).await
}

/// Those of the files that are still there.
pub(crate) async fn files_there(
    conn: &mut AsyncPgConnection,
    ids: &[AttachmentId],
) -> QueryResult<HashSet<AttachmentId>> {
    let there = attachments::table.filter(attachments::id.eq_any(ids));
    let there = there.filter(attachments::removed_at.is_null()).select(attachments::id);
    Ok(there.load(conn).await?.into_iter().collect())
}

/// Those of the square pictures that are still there.
pub(crate) async fn pictures_there(
    conn: &mut AsyncPgConnection,
    ids: &[PictureId],
) -> QueryResult<HashSet<PictureId>> {
    let there = pictures::table.filter(pictures::id.eq_any(ids));
    let there = there.filter(pictures::removed_at.is_null()).select(pictures::id);
    Ok(there.load(conn).await?.into_iter().collect())
}

/// Marks square pictures as removed, whosever they are.
pub(crate) async fn remove_pictures(
    conn: &mut AsyncPgConnection,
    ids: &[PictureId],
    now: Timestamp,
) -> QueryResult<()> {
    let rows = pictures::table.filter(pictures::id.eq_any(ids)).filter(pictures::removed_at.is_null());
    diesel::update(rows).set(pictures::removed_at.eq(now)).execute(conn).await.map(drop)
}
