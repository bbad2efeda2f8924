//! The table `dm_settings`.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::UserId;

use crate::Accepts;
use crate::schema::dm_settings;

/// What those of `users` chose who chose something.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    users: &[UserId],
) -> QueryResult<HashMap<UserId, Accepts>> {
    let rows = dm_settings::table.filter(dm_settings::user_id.eq_any(users));
    let rows: Vec<(UserId, Accepts)> = rows.load(conn).await?;
    Ok(rows.into_iter().collect())
}

/// The user chooses.
pub(crate) async fn set(conn: &mut AsyncPgConnection, user: UserId, accepts: Accepts) -> QueryResult<()> {
    diesel::insert_into(dm_settings::table)
        .values((dm_settings::user_id.eq(user), dm_settings::accepts.eq(accepts)))
        .on_conflict(dm_settings::user_id)
        .do_update()
        .set(dm_settings::accepts.eq(accepts))
        .execute(conn)
        .await
        .map(drop)
}

/// The user chose nothing.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(dm_settings::table.find(user)).execute(conn).await.map(drop)
}
