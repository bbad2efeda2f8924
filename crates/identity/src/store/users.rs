//! The table `users`.

use std::collections::{HashMap, HashSet};

use backbone::db::any_of;
use diesel::PgExpressionMethods;
use diesel::QueryResult;
use diesel::prelude::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Role, Timestamp, UserId};

use crate::input::Account;
use crate::schema::users;
use crate::store::retired;
use crate::{User, UserCard};

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = users)]
pub(crate) struct NewUser {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) username_key: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) password_hash: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Rows in one INSERT: PostgreSQL takes 65,535 parameters, a row has nine.
const CHUNK: usize = 1_000;

pub(crate) async fn insert(conn: &mut AsyncPgConnection, users: &[NewUser]) -> QueryResult<()> {
    for chunk in users.chunks(CHUNK) {
        diesel::insert_into(users::table).values(chunk).execute(conn).await?;
    }
    Ok(())
}

/// What a login depends on, as of now.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct AccountState {
    pub(crate) role: Role,
    pub(crate) password_hash: Option<String>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) suspended_reason: Option<String>,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) email: Option<String>,
    pub(crate) email_verified_at: Option<Timestamp>,
}

/// How the account stands. Until the transaction ends nobody can change it: who takes rights away waits, and finds the
/// session that is opened meanwhile.
pub(crate) async fn standing(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<AccountState>> {
    users::table.find(id).select(AccountState::as_select()).for_share().first(conn).await.optional()
}

/// Holds the account's row until the transaction ends, as a change of it does.
pub(crate) async fn lock(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<UserId>> {
    users::table.find(id).select(users::id).for_update().first(conn).await.optional()
}

pub(crate) async fn by_ids(conn: &mut AsyncPgConnection, ids: &[UserId]) -> QueryResult<Vec<User>> {
    users::table.filter(any_of(users::id, ids)).select(User::as_select()).load(conn).await
}

pub(crate) async fn by_id(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).select(User::as_select()).first(conn).await.optional()
}

/// The account and its password's hash.
pub(crate) async fn credentials(
    conn: &mut AsyncPgConnection,
    account: &Account,
) -> QueryResult<Option<(User, Option<String>)>> {
    let found = users::table.select((User::as_select(), users::password_hash));
    match account {
        Account::Email(key) => found.filter(users::email_key.eq(key)).first(conn).await,
        Account::Username(key) => found.filter(users::username_key.eq(key)).first(conn).await,
    }
    .optional()
}

/// The account and its password's hash, by id.
pub(crate) async fn with_password(
    conn: &mut AsyncPgConnection,
    id: UserId,
) -> QueryResult<Option<(User, Option<String>)>> {
    users::table.find(id).select((User::as_select(), users::password_hash)).first(conn).await.optional()
}

/// The account with this address, in the form in which addresses are compared.
pub(crate) async fn by_email(conn: &mut AsyncPgConnection, key: &str) -> QueryResult<Option<User>> {
    users::table
        .filter(users::email_key.eq(key))
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .first(conn)
        .await
        .optional()
}

/// Sets a password.
pub(crate) async fn set_password(
    conn: &mut AsyncPgConnection,
    id: UserId,
    hash: &str,
    now: Timestamp,
) -> QueryResult<()> {
    let change = (users::password_hash.eq(hash), users::updated_at.eq(now));
    diesel::update(users::table.find(id)).set(change).execute(conn).await.map(drop)
}

/// Puts one hash in the place of another, or of none; whether that was there still.
pub(crate) async fn swap_password(
    conn: &mut AsyncPgConnection,
    id: UserId,
    (from, to): (Option<&str>, &str),
    now: Timestamp,
) -> QueryResult<bool> {
    let row = users::table.find(id).filter(users::password_hash.is_not_distinct_from(from));
    let change = (users::password_hash.eq(to), users::updated_at.eq(now));
    diesel::update(row).set(change).execute(conn).await.map(|rows| rows == 1)
}

/// Notes that the account's address is its owner's.
pub(crate) async fn verify_email(
    conn: &mut AsyncPgConnection,
    id: UserId,
    now: Timestamp,
) -> QueryResult<()> {
    let row = users::table.find(id).filter(users::email_verified_at.is_null());
    diesel::update(row).set(users::email_verified_at.eq(now)).execute(conn).await.map(drop)
}

/// Gives the account another address, which is proved.
pub(crate) async fn move_email(
    conn: &mut AsyncPgConnection,
    id: UserId,
    (email, key): (&str, &str),
    now: Timestamp,
) -> QueryResult<User> {
    let change = (
        users::email.eq(email),
        users::email_key.eq(key),
        users::email_verified_at.eq(now),
        users::updated_at.eq(now),
    );
    let change = diesel::update(users::table.find(id)).set(change);
    change.returning(User::as_returning()).get_result(conn).await
}

/// Which of `keys` are taken, or out of use.
pub(crate) async fn taken(conn: &mut AsyncPgConnection, keys: &[String]) -> QueryResult<HashSet<String>> {
    let taken = users::table.filter(users::username_key.eq_any(keys)).select(users::username_key);
    let mut taken: HashSet<String> = taken.load::<String>(conn).await?.into_iter().collect();
    taken.extend(retired::among(conn, keys).await?);
    Ok(taken)
}

/// Whose those of `keys` are that are of somebody's username.
pub(crate) async fn by_keys(
    conn: &mut AsyncPgConnection,
    keys: &[String],
) -> QueryResult<HashMap<String, UserId>> {
    let found = users::table.filter(any_of(users::username_key, keys));
    let found: Vec<(String, UserId)> = found.select((users::username_key, users::id)).load(conn).await?;
    Ok(found.into_iter().collect())
}

pub(crate) async fn cards(
    mut conn: &AsyncPgConnection,
    ids: &[UserId],
) -> QueryResult<HashMap<UserId, UserCard>> {
    let cards: Vec<UserCard> =
        users::table.filter(any_of(users::id, ids)).select(UserCard::as_select()).load(&mut conn).await?;
    Ok(cards.into_iter().map(|card| (card.id, card)).collect())
}

/// The cards of those that were not deleted.
pub(crate) async fn alive_cards(
    conn: &mut AsyncPgConnection,
    ids: &[UserId],
) -> QueryResult<HashMap<UserId, UserCard>> {
    let alive = users::table.filter(any_of(users::id, ids)).filter(users::deleted_at.is_null());
    let cards: Vec<UserCard> = alive.select(UserCard::as_select()).load(conn).await?;
    Ok(cards.into_iter().map(|card| (card.id, card)).collect())
}
