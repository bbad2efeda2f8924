//! The table `recovery_codes`.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, Insertable, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::UserId;

use crate::schema::recovery_codes;

#[derive(Insertable)]
#[diesel(table_name = recovery_codes)]
pub(crate) struct NewCode {
    pub(crate) user_id: UserId,
    pub(crate) code_hash: Vec<u8>,
}

/// Puts these in the place of all that the user has. To be called in a transaction.
pub(crate) async fn replace(
    conn: &mut AsyncPgConnection,
    user: UserId,
    codes: &[NewCode],
) -> QueryResult<()> {
    let all = recovery_codes::table.filter(recovery_codes::user_id.eq(user));
    diesel::delete(all).execute(conn).await?;
    diesel::insert_into(recovery_codes::table).values(codes).execute(conn).await.map(drop)
}

/// Uses a code up; whether it was there.
pub(crate) async fn take(conn: &mut AsyncPgConnection, user: UserId, hash: Vec<u8>) -> QueryResult<bool> {
    diesel::delete(recovery_codes::table.find((user, hash))).execute(conn).await.map(|rows| rows == 1)
}
