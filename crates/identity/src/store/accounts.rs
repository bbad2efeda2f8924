//! The table `users`, as administrators see and change it.

use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    PgTextExpressionMethods, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel::sql_types::{Bool, Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Role, Timestamp, UserId};

use crate::schema::users;

/// The first key of the advisory lock on who is an administrator. Locks with two keys never meet those with one.
const ADMINS: i32 = 2;

backbone::statement! {
    struct LockAdmins { class: i32 } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock(" {class as Integer} ", 0)) AS locked"
}

/// An account, as administrators see it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Account {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) email_verified_at: Option<Timestamp>,
    pub(crate) role: Role,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) suspended_reason: Option<String>,
    pub(crate) created_at: Timestamp,
}

/// Which accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) suspended: Option<bool>,
    pub(crate) role: Option<Role>,
    /// A part of the username, name or address.
    pub(crate) text: Option<String>,
    /// Those made before this one.
    pub(crate) before: Option<UserId>,
}

type Boxed<'a> = users::BoxedQuery<'a, diesel::pg::Pg>;

fn fitting(filter: &Filter) -> Boxed<'_> {
    let mut accounts = users::table.filter(users::deleted_at.is_null()).into_boxed();
    accounts = match filter.suspended {
        Some(true) => accounts.filter(users::suspended_at.is_not_null()),
        Some(false) => accounts.filter(users::suspended_at.is_null()),
        None => accounts,
    };
    if let Some(role) = filter.role {
        accounts = accounts.filter(users::role.eq(role));
    }
    if let Some(text) = &filter.text {
        let pattern = format!("%{}%", escaped(text));
        let named = users::username.ilike(pattern.clone()).or(users::name.ilike(pattern.clone()));
        accounts = accounts.filter(named.nullable().or(users::email.ilike(pattern)).assume_not_null());
    }
    accounts
}

/// The text with nothing in it that means something to LIKE.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// At most `limit` accounts that fit, the newest first, from the `offset`th on.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> QueryResult<Vec<Account>> {
    let mut accounts = fitting(filter);
    if let Some(before) = filter.before {
        accounts = accounts.filter(users::id.lt(before));
    }
    let page = accounts.order(users::id.desc()).offset(offset).limit(limit);
    page.select(Account::as_select()).load(conn).await
}

/// How many accounts fit.
pub(crate) async fn count(conn: &mut AsyncPgConnection, filter: &Filter) -> QueryResult<i64> {
    fitting(filter).select(count_star()).get_result(conn).await
}

/// Lets nobody else change who is an administrator until the transaction ends. Taken before any row.
pub(crate) async fn lock_admins(tx: &mut AsyncPgConnection) -> QueryResult<()> {
    LockAdmins { class: ADMINS }.execute(tx).await.map(drop)
}

/// How many administrators there are beside `user` who can do something.
pub(crate) async fn other_admins(tx: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    let others = users::table
        .filter(users::role.eq(Role::Admin))
        .filter(users::suspended_at.is_null())
        .filter(users::deleted_at.is_null())
        .filter(users::id.ne(user));
    others.select(count_star()).get_result(tx).await
}

/// What an account is, before it is changed.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct Held {
    pub(crate) role: Role,
    pub(crate) suspended_at: Option<Timestamp>,
}

/// The account, unless it is gone; its row is held until the transaction ends, as a change of it does.
pub(crate) async fn hold(tx: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<Held>> {
    let alive = users::table.find(id).filter(users::deleted_at.is_null());
    alive.select(Held::as_select()).for_update().first(tx).await.optional()
}

/// Suspends the account, or ends that.
pub(crate) async fn suspend(
    tx: &mut AsyncPgConnection,
    id: UserId,
    reason: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    let changed = (
        users::suspended_at.eq(reason.map(|_| now)),
        users::suspended_reason.eq(reason),
        users::updated_at.eq(now),
    );
    diesel::update(users::table.find(id)).set(changed).execute(tx).await.map(drop)
}

/// Gives the account a role.
pub(crate) async fn set_role(
    tx: &mut AsyncPgConnection,
    id: UserId,
    role: Role,
    now: Timestamp,
) -> QueryResult<()> {
    let changed = (users::role.eq(role), users::updated_at.eq(now));
    diesel::update(users::table.find(id)).set(changed).execute(tx).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn wildcards_mean_themselves() {
        assert_eq!(escaped(r"50%_\x"), r"50\%\_\\x");
    }
}
