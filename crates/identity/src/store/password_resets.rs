//! The table `password_resets`.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::schema::password_resets;

/// Keeps a token; the account's earlier one is void.
pub(crate) async fn write(
    conn: &mut AsyncPgConnection,
    user: UserId,
    hash: &[u8],
    expires_at: Timestamp,
) -> QueryResult<()> {
    let token = (password_resets::token_hash.eq(hash), password_resets::expires_at.eq(expires_at));
    diesel::insert_into(password_resets::table)
        .values((password_resets::user_id.eq(user), token))
        .on_conflict(password_resets::user_id)
        .do_update()
        .set(token)
        .execute(conn)
        .await
        .map(drop)
}

/// Whose password a token may set.
pub(crate) async fn owner(
    conn: &mut AsyncPgConnection,
    hash: &[u8],
    now: Timestamp,
) -> QueryResult<Option<UserId>> {
    password_resets::table
        .filter(password_resets::token_hash.eq(hash))
        .filter(password_resets::expires_at.gt(now))
        .select(password_resets::user_id)
        .first(conn)
        .await
        .optional()
}

/// Uses a token up; whose password it sets. Of several at once one gets it.
pub(crate) async fn take(
    conn: &mut AsyncPgConnection,
    hash: &[u8],
    now: Timestamp,
) -> QueryResult<Option<UserId>> {
    let usable = password_resets::table
        .filter(password_resets::token_hash.eq(hash))
        .filter(password_resets::expires_at.gt(now));
    diesel::delete(usable).returning(password_resets::user_id).get_result(conn).await.optional()
}

/// Makes the account's token void.
pub(crate) async fn void(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(password_resets::table.find(user)).execute(conn).await.map(drop)
}
