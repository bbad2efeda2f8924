//! The table `pictures`.

use diesel::QueryResult;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{PictureId, Timestamp};
use uuid::Uuid;

use crate::model::Picture;
use crate::schema::pictures::{self, dsl};

pub(crate) async fn insert(conn: &mut AsyncPgConnection, picture: &Picture) -> QueryResult<()> {
    diesel::insert_into(pictures::table).values(picture).execute(conn).await.map(drop)
}

/// All its sizes have arrived.
pub(crate) async fn stored(conn: &mut AsyncPgConnection, id: PictureId, now: Timestamp) -> QueryResult<()> {
    diesel::update(pictures::table.find(id)).set(dsl::stored_at.eq(now)).execute(conn).await.map(drop)
}

/// The picture, if it is there.
pub(crate) async fn find(conn: &mut AsyncPgConnection, id: PictureId) -> QueryResult<Option<Picture>> {
    let there = dsl::stored_at.is_not_null().and(dsl::removed_at.is_null());
    pictures::table.find(id).filter(there).select(Picture::as_select()).first(conn).await.optional()
}

/// Marks a picture of the owner as removed.
pub(crate) async fn remove(
    conn: &mut AsyncPgConnection,
    id: PictureId,
    owner: Uuid,
    now: Timestamp,
) -> QueryResult<()> {
    let row = pictures::table.find(id).filter(dsl::owner_id.eq(owner)).filter(dsl::removed_at.is_null());
    diesel::update(row).set(dsl::removed_at.eq(now)).execute(conn).await.map(drop)
}

/// Marks all pictures of the owner as removed.
pub(crate) async fn remove_all(conn: &mut AsyncPgConnection, owner: Uuid, now: Timestamp) -> QueryResult<()> {
    let rows = pictures::table.filter(dsl::owner_id.eq(owner)).filter(dsl::removed_at.is_null());
    diesel::update(rows).set(dsl::removed_at.eq(now)).execute(conn).await.map(drop)
}
