//! The table `api_keys`.

use diesel::QueryResult;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension,
    QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ApiKeyId, Timestamp, UserId};

use crate::api_key::ApiKey;
use crate::schema::{api_keys, users};

#[derive(Insertable)]
#[diesel(table_name = api_keys)]
pub(crate) struct NewApiKey<'a> {
    pub(crate) id: ApiKeyId,
    pub(crate) user_id: UserId,
    pub(crate) name: &'a str,
    pub(crate) hash: &'a [u8],
    pub(crate) prefix: &'a str,
    pub(crate) may_read: bool,
    pub(crate) may_write: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

/// What a key is worth: its id, whose it is, whether it may read and write, and until when it works.
pub(crate) type KeyAccess = (ApiKeyId, UserId, bool, bool, Option<Timestamp>);

pub(crate) async fn insert(conn: &mut AsyncPgConnection, key: &NewApiKey<'_>) -> QueryResult<ApiKey> {
    diesel::insert_into(api_keys::table).values(key).returning(ApiKey::as_returning()).get_result(conn).await
}

/// The key with this hash, unless it was revoked or its owner may not use the account.
pub(crate) async fn find(conn: &mut AsyncPgConnection, hash: &[u8]) -> QueryResult<Option<KeyAccess>> {
    api_keys::table
        .inner_join(users::table)
        .filter(api_keys::hash.eq(hash).and(api_keys::revoked_at.is_null()))
        .filter(users::suspended_at.is_null().and(users::deleted_at.is_null()))
        .select((
            api_keys::id,
            api_keys::user_id,
            api_keys::may_read,
            api_keys::may_write,
            api_keys::expires_at,
        ))
        .first(conn)
        .await
        .optional()
}

/// The keys of `user` that were not revoked, the newest first.
pub(crate) async fn of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<ApiKey>> {
    api_keys::table
        .filter(api_keys::user_id.eq(user).and(api_keys::revoked_at.is_null()))
        .order(api_keys::id.desc())
        .select(ApiKey::as_select())
        .load(conn)
        .await
}

/// Revokes a key of `user`; whether it was one that was not revoked before.
pub(crate) async fn revoke(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: ApiKeyId,
    now: Timestamp,
) -> QueryResult<bool> {
    let own = api_keys::table.find(id).filter(api_keys::user_id.eq(user).and(api_keys::revoked_at.is_null()));
    diesel::update(own).set(api_keys::revoked_at.eq(now)).execute(conn).await.map(|revoked| revoked == 1)
}

/// Revokes every key of `user` when they may not use the account; returns those that were not revoked before.
pub(crate) async fn revoke_barred(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Vec<ApiKeyId>> {
    let barred =
        users::table.find(user).filter(users::suspended_at.is_not_null().or(users::deleted_at.is_not_null()));
    let open = api_keys::user_id.eq_any(barred.select(users::id)).and(api_keys::revoked_at.is_null());
    let keys = diesel::update(api_keys::table.filter(open)).set(api_keys::revoked_at.eq(now));
    keys.returning(api_keys::id).get_results(conn).await
}

/// Keys that were revoked after `since`, and whose they were.
pub(crate) async fn revoked_since(
    conn: &mut AsyncPgConnection,
    since: Timestamp,
) -> QueryResult<Vec<(ApiKeyId, UserId, Timestamp)>> {
    api_keys::table
        .filter(api_keys::revoked_at.gt(since))
        .select((api_keys::id, api_keys::user_id, api_keys::revoked_at.assume_not_null()))
        .load(conn)
        .await
}

/// Notes when keys were last used.
pub(crate) async fn touch(
    conn: &mut AsyncPgConnection,
    ids: &[ApiKeyId],
    now: Timestamp,
) -> QueryResult<usize> {
    let used = api_keys::table.filter(api_keys::id.eq_any(ids));
    diesel::update(used).set(api_keys::last_used_at.eq(now)).execute(conn).await
}

/// Removes at most `limit` keys that expired, or were revoked, before `before`.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<usize> {
    let over = diesel::alias!(api_keys as over);
    let ids = over
        .filter(over.field(api_keys::expires_at).lt(before))
        .or_filter(over.field(api_keys::revoked_at).lt(before))
        .select(over.field(api_keys::id))
        .limit(limit)
        .for_update()
        .skip_locked();
    diesel::delete(api_keys::table.filter(api_keys::id.eq_any(ids))).execute(conn).await
}
