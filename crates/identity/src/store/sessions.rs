//! The table `sessions`.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{SessionId, Timestamp, UserId};

use crate::schema::sessions;

#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub(crate) struct NewSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) device: Option<&'a str>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(conn: &mut AsyncPgConnection, session: &NewSession<'_>) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn).await.map(drop)
}

/// Marks a session as revoked; whether it was not before.
pub(crate) async fn revoke(conn: &mut AsyncPgConnection, id: SessionId, now: Timestamp) -> QueryResult<bool> {
    let open = sessions::table.find(id).filter(sessions::revoked_at.is_null());
    diesel::update(open).set(sessions::revoked_at.eq(now)).execute(conn).await.map(|rows| rows == 1)
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
