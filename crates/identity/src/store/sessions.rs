//! The tables `sessions` and `refresh_tokens`.

use diesel::QueryResult;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{SessionId, Timestamp, UserId};

use crate::model::Session;
use crate::schema::{refresh_tokens, sessions};

#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub(crate) struct NewSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) device: Option<&'a str>,
    pub(crate) address: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    pub(crate) rotated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// A session on whose refresh token something depends, locked.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(crate) struct Held {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) generation: i32,
    pub(crate) rotated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

/// What a use of a refresh token changes in its session.
pub(crate) struct Rotation {
    pub(crate) generation: i32,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) address: Option<String>,
}

pub(crate) async fn insert(
    conn: &mut AsyncPgConnection,
    session: &NewSession<'_>,
    token: Vec<u8>,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn).await?;
    add_token(conn, session.id, 0, token).await
}

async fn add_token(
    conn: &mut AsyncPgConnection,
    session: SessionId,
    generation: i32,
    hash: Vec<u8>,
) -> QueryResult<()> {
    let row = (
        refresh_tokens::hash.eq(hash),
        refresh_tokens::session_id.eq(session),
        refresh_tokens::generation.eq(generation),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(conn).await.map(drop)
}

/// The generation of the token with this hash, and its session, locked until the transaction ends.
pub(crate) async fn by_token(conn: &mut AsyncPgConnection, hash: &[u8]) -> QueryResult<Option<(i32, Held)>> {
    let generation: Option<(i32, SessionId)> = refresh_tokens::table
        .find(hash)
        .select((refresh_tokens::generation, refresh_tokens::session_id))
        .first(conn)
        .await
        .optional()?;
    let Some((generation, id)) = generation else { return Ok(None) };
    let held =
        sessions::table.find(id).select(Held::as_select()).for_update().first(conn).await.optional()?;
    Ok(held.map(|held| (generation, held)))
}

/// Notes that the session's token was used: `next` is the hash of the one that follows. Forgets tokens used long ago.
pub(crate) async fn rotate(
    conn: &mut AsyncPgConnection,
    id: SessionId,
    rotation: Rotation,
    next: Vec<u8>,
) -> QueryResult<()> {
    let Rotation { generation, now, expires_at, address } = rotation;
    diesel::update(sessions::table.find(id))
        .set((
            sessions::generation.eq(generation),
            sessions::rotated_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
            sessions::address.eq(address),
        ))
        .execute(conn)
        .await?;
    add_token(conn, id, generation, next).await?;
    let forgotten =
        refresh_tokens::session_id.eq(id).and(refresh_tokens::generation.lt(generation - REMEMBERED));
    diesel::delete(refresh_tokens::table.filter(forgotten)).execute(conn).await.map(drop)
}

/// Used tokens of a session that are remembered, to notice a thief. Older ones are simply unknown.
const REMEMBERED: i32 = 100;

/// The sessions of `user` that are not over, the last used first.
pub(crate) async fn open_of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Vec<Session>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .select(Session::as_select())
        .load(conn)
        .await
}

/// Marks those of `ids` that belong to `user` as revoked; returns those that were not before.
pub(crate) async fn revoke(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ids: &[SessionId],
    now: Timestamp,
) -> QueryResult<Vec<SessionId>> {
    let open = sessions::table
        .filter(sessions::id.eq_any(ids))
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null());
    diesel::update(open).set(sessions::revoked_at.eq(now)).returning(sessions::id).get_results(conn).await
}

/// Marks every session of `user` but `except` as revoked; returns those that were not before.
pub(crate) async fn revoke_all(
    conn: &mut AsyncPgConnection,
    user: UserId,
    except: Option<SessionId>,
    now: Timestamp,
) -> QueryResult<Vec<SessionId>> {
    let open = sessions::user_id.eq(user).and(sessions::revoked_at.is_null());
    let all = diesel::update(sessions::table).set(sessions::revoked_at.eq(now)).returning(sessions::id);
    match except {
        Some(kept) => all.filter(open.and(sessions::id.ne(kept))).get_results(conn).await,
        None => all.filter(open).get_results(conn).await,
    }
}

/// Sessions that were revoked after `since`, and whose they were.
pub(crate) async fn revoked_since(
    conn: &mut AsyncPgConnection,
    since: Timestamp,
) -> QueryResult<Vec<(SessionId, UserId, Timestamp)>> {
    sessions::table
        .filter(sessions::revoked_at.gt(since))
        .select((sessions::id, sessions::user_id, sessions::revoked_at.assume_not_null()))
        .load(conn)
        .await
}

/// Notes when and from where sessions were last used.
pub(crate) async fn touch(
    conn: &mut AsyncPgConnection,
    ids: &[SessionId],
    now: Timestamp,
) -> QueryResult<usize> {
    let used = sessions::table.filter(sessions::id.eq_any(ids)).filter(sessions::last_used_at.lt(now));
    diesel::update(used).set(sessions::last_used_at.eq(now)).execute(conn).await
}

/// Removes at most `limit` sessions that expired, or were revoked, before `before`.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<usize> {
    let over = diesel::alias!(sessions as over);
    let ids = over
        .filter(over.field(sessions::expires_at).lt(before))
        .or_filter(over.field(sessions::revoked_at).lt(before))
        .select(over.field(sessions::id))
        .limit(limit)
        .for_update()
        .skip_locked();
    diesel::delete(sessions::table.filter(sessions::id.eq_any(ids))).execute(conn).await
}

/// When somebody logged in.
pub(crate) async fn opened_at(conn: &mut AsyncPgConnection, id: SessionId) -> QueryResult<Option<Timestamp>> {
    sessions::table.find(id).select(sessions::created_at).first(conn).await.optional()
}
