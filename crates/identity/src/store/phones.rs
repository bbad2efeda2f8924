//! The phone numbers of the table `users`.

use diesel::QueryResult;
use diesel::prelude::{AsChangeset, ExpressionMethods, NullableExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::schema::users;

/// A phone number as it is stored, or that there is none.
#[derive(AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(crate) struct StoredPhone {
    pub(crate) phone_sealed: Option<Vec<u8>>,
    pub(crate) phone_key: Option<Vec<u8>>,
}

pub(crate) async fn set(
    conn: &mut AsyncPgConnection,
    user: UserId,
    phone: StoredPhone,
    now: Timestamp,
) -> QueryResult<()> {
    let row = diesel::update(users::table.find(user));
    row.set((phone, users::updated_at.eq(now))).execute(conn).await.map(drop)
}

/// The sealed numbers of those that have one.
pub(crate) async fn sealed(
    conn: &mut AsyncPgConnection,
    ids: &[UserId],
) -> QueryResult<Vec<(UserId, Vec<u8>)>> {
    let some = users::table.filter(users::id.eq_any(ids)).filter(users::phone_sealed.is_not_null());
    some.select((users::id, users::phone_sealed.assume_not_null())).load(conn).await
}

/// Whose number has one of these hashes, the oldest accounts first.
pub(crate) async fn having(
    conn: &mut AsyncPgConnection,
    keys: &[Vec<u8>],
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let found = users::table.filter(users::phone_key.eq_any(keys)).order(users::id).limit(limit);
    found.select(users::id).load(conn).await
}
