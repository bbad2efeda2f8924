//! The table `email_changes`.

use diesel::QueryResult;
use diesel::prelude::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::email_changes;

/// A change that was asked for.
#[derive(Clone, Debug, Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = email_changes, treat_none_as_null = true)]
pub(crate) struct Change {
    pub(crate) user_id: UserId,
    pub(crate) request_id: Uuid,
    pub(crate) email: String,
    pub(crate) email_key: String,
    pub(crate) from_old: bool,
    pub(crate) old_hash: Option<Vec<u8>>,
    pub(crate) new_hash: Option<Vec<u8>>,
    pub(crate) tries: i32,
    pub(crate) expires_at: Timestamp,
}

/// Which of the two addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    Old,
    New,
}

/// Keeps a wish; the account's earlier one is void.
pub(crate) async fn open(conn: &mut AsyncPgConnection, change: &Change) -> QueryResult<()> {
    diesel::insert_into(email_changes::table)
        .values(change)
        .on_conflict(email_changes::user_id)
        .do_update()
        .set(change)
        .execute(conn)
        .await
        .map(drop)
}

/// Keeps the code that was sent to one side, if `request` is still the latest; the new address.
pub(crate) async fn write(
    conn: &mut AsyncPgConnection,
    (user, request, side): (UserId, Uuid, Side),
    hash: &[u8],
    expires_at: Timestamp,
) -> QueryResult<Option<String>> {
    let row = email_changes::table.find(user).filter(email_changes::request_id.eq(request));
    let until = email_changes::expires_at.eq(expires_at);
    let change = diesel::update(row);
    match side {
        Side::Old => {
            let change = change.set((email_changes::old_hash.eq(hash), until));
            change.returning(email_changes::email).get_result(conn).await
        }
        Side::New => {
            let change = change.set((email_changes::new_hash.eq(hash), until));
            change.returning(email_changes::email).get_result(conn).await
        }
    }
    .optional()
}

/// Counts a try; the change, when there is one whose codes may be tried still.
pub(crate) async fn attempt(
    conn: &mut AsyncPgConnection,
    user: UserId,
    most: i32,
    now: Timestamp,
) -> QueryResult<Option<Change>> {
    let open = email_changes::new_hash
        .is_not_null()
        .and(email_changes::tries.lt(most))
        .and(email_changes::expires_at.gt(now));
    diesel::update(email_changes::table.find(user).filter(open))
        .set(email_changes::tries.eq(email_changes::tries + 1))
        .returning(Change::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Uses the change up; whether it was there still.
pub(crate) async fn take(conn: &mut AsyncPgConnection, change: &Change) -> QueryResult<bool> {
    let row =
        email_changes::table.find(change.user_id).filter(email_changes::request_id.eq(change.request_id));
    diesel::delete(row).execute(conn).await.map(|rows| rows == 1)
}

/// Makes the account's change void.
pub(crate) async fn void(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(email_changes::table.find(user)).execute(conn).await.map(drop)
}
