//! Changes of what people say of themselves.

use diesel::QueryResult;
use diesel::prelude::{AsChangeset, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::User;
use crate::profile::Status;
use crate::schema::users;

/// New values of columns: `None` leaves a column as it is.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = users)]
pub(crate) struct Columns {
    pub(crate) username: Option<String>,
    pub(crate) username_key: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) bio: Option<Option<String>>,
    pub(crate) avatar: Option<Option<String>>,
    pub(crate) status: Option<Status>,
    pub(crate) status_message: Option<Option<String>>,
    pub(crate) notifications: Option<bool>,
    pub(crate) sound_enabled: Option<bool>,
    pub(crate) timezone: Option<Option<String>>,
    pub(crate) discoverable_by_email: Option<bool>,
    pub(crate) discoverable_by_phone: Option<bool>,
    pub(crate) phone_sealed: Option<Option<Vec<u8>>>,
    pub(crate) phone_key: Option<Option<Vec<u8>>>,
    pub(crate) updated_at: Timestamp,
}

/// Writes what is given; the account as it is now, `None` when it is gone.
pub(crate) async fn change(
    conn: &mut AsyncPgConnection,
    id: UserId,
    columns: &Columns,
) -> QueryResult<Option<User>> {
    let alive = users::table.find(id).filter(users::deleted_at.is_null());
    diesel::update(alive).set(columns).returning(User::as_returning()).get_result(conn).await.optional()
}

/// The account has this picture no more, if it still had it; whether it had.
pub(crate) async fn lose_avatar(
    conn: &mut AsyncPgConnection,
    id: UserId,
    avatar: &str,
    now: Timestamp,
) -> QueryResult<bool> {
    let theirs = users::table.find(id).filter(users::avatar.eq(avatar));
    let lost = diesel::update(theirs).set((users::avatar.eq(None::<String>), users::updated_at.eq(now)));
    lost.execute(conn).await.map(|rows| rows == 1)
}

/// The account, unless it is gone, locked against every other change of it.
pub(crate) async fn lock(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<User>> {
    let alive = users::table.find(id).filter(users::deleted_at.is_null());
    alive.select(User::as_select()).for_no_key_update().first(conn).await.optional()
}

/// The account, unless it is gone.
pub(crate) async fn alive(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<User>> {
    let alive = users::table.find(id).filter(users::deleted_at.is_null());
    alive.select(User::as_select()).first(conn).await.optional()
}

/// Those of some accounts that are not gone.
pub(crate) async fn all_alive(conn: &mut AsyncPgConnection, ids: &[UserId]) -> QueryResult<Vec<User>> {
    let alive = users::table.filter(users::id.eq_any(ids)).filter(users::deleted_at.is_null());
    alive.select(User::as_select()).load(conn).await
}
