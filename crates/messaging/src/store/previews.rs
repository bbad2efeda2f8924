//! The tables of previews.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, TimelineId, Timestamp, UserId};

use crate::preview::{Found, LinkPreview};
use crate::schema::{link_previews, message_previews, messages};

backbone::statement! {
    struct Put<'a> {
        ids: &'a [MessageId], urls: &'a [&'a str], titles: &'a [&'a str], descriptions: &'a [Option<&'a str>],
        images: &'a [Option<&'a str>], sites: &'a [Option<&'a str>],
    } -> BigInt;
    "INSERT INTO message_previews (message_id, url, title, description, image, site) SELECT * FROM unnest("
    {ids as Array<Uuid>} ", " {urls as Array<Text>} ", " {titles as Array<Text>} ", "
    {descriptions as Array<Nullable<Text>>} ", " {images as Array<Nullable<Text>>} ", " {sites as Array<Nullable<Text>>}
    ") ON CONFLICT (message_id) DO UPDATE SET url = excluded.url, title = excluded.title, \
     description = excluded.description, image = excluded.image, site = excluded.site"
}

backbone::statement! {
    struct Sweep { before: Timestamp, limit: i64 } -> BigInt;
    "DELETE FROM link_previews WHERE ctid = ANY(ARRAY(SELECT ctid FROM link_previews WHERE fetched_at < "
    {before as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED))"
}

/// Where a message stands, who wrote it, and its text; `None` when it is gone.
pub(crate) async fn text(
    conn: &mut AsyncPgConnection,
    id: MessageId,
) -> QueryResult<Option<(TimelineId, UserId, String)>> {
    let alive = messages::table.filter(messages::id.eq(id)).filter(messages::deleted_at.is_null());
    alive.select((messages::timeline_id, messages::author_id, messages::content)).first(conn).await.optional()
}

/// What was found behind an address, and when.
pub(crate) async fn known(
    conn: &mut AsyncPgConnection,
    digest: &[u8],
) -> QueryResult<Option<(Found, Timestamp)>> {
    let row = link_previews::table.find(digest).select((
        (link_previews::title, link_previews::description, link_previews::image, link_previews::site),
        link_previews::fetched_at,
    ));
    row.first(conn).await.optional()
}

/// Keeps what was found behind an address.
pub(crate) async fn keep(
    conn: &mut AsyncPgConnection,
    digest: &[u8],
    found: &Found,
    now: Timestamp,
) -> QueryResult<()> {
    let values = (
        link_previews::title.eq(&found.title),
        link_previews::description.eq(&found.description),
        link_previews::image.eq(&found.image),
        link_previews::site.eq(&found.site),
        link_previews::fetched_at.eq(now),
    );
    diesel::insert_into(link_previews::table)
        .values((link_previews::digest.eq(digest), values))
        .on_conflict(link_previews::digest)
        .do_update()
        .set(values)
        .execute(conn)
        .await
        .map(drop)
}

/// Removes up to `limit` things that were found before `before`.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<usize> {
    Sweep { before, limit }.execute(conn).await
}

/// The previews of those of `ids` that have one. No query for none.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    ids: &[MessageId],
) -> QueryResult<HashMap<MessageId, LinkPreview>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(MessageId, LinkPreview)> = message_previews::table
        .filter(message_previews::message_id.eq_any(ids))
        .select((
            message_previews::message_id,
            (
                message_previews::url,
                message_previews::title,
                message_previews::description,
                message_previews::image,
                message_previews::site,
            ),
        ))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Gives messages their previews.
pub(crate) async fn put(
    tx: &mut AsyncPgConnection,
    previews: &[(MessageId, &LinkPreview)],
) -> QueryResult<()> {
    if previews.is_empty() {
        return Ok(());
    }
    let put = Put {
        ids: &previews.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        urls: &previews.iter().map(|(_, one)| one.url.as_str()).collect::<Vec<_>>(),
        titles: &previews.iter().map(|(_, one)| one.title.as_str()).collect::<Vec<_>>(),
        descriptions: &previews.iter().map(|(_, one)| one.description.as_deref()).collect::<Vec<_>>(),
        images: &previews.iter().map(|(_, one)| one.image.as_deref()).collect::<Vec<_>>(),
        sites: &previews.iter().map(|(_, one)| one.site.as_deref()).collect::<Vec<_>>(),
    };
    put.execute(tx).await.map(drop)
}

/// Takes the previews of messages away.
pub(crate) async fn remove(tx: &mut AsyncPgConnection, ids: &[MessageId]) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let those = message_previews::table.filter(message_previews::message_id.eq_any(ids));
    diesel::delete(those).execute(tx).await.map(drop)
}
