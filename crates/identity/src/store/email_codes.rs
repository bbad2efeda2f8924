//! The table `email_codes`.

use diesel::QueryResult;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};
use uuid::Uuid;

use crate::schema::{email_codes, users};

/// Whose code is asked about.
pub(crate) enum Whose<'a> {
    Account(UserId),
    /// By the form in which addresses are compared.
    Address(&'a str),
}

/// Makes room for a new code: the old one is void.
pub(crate) async fn open(
    conn: &mut AsyncPgConnection,
    user: UserId,
    request: Uuid,
    now: Timestamp,
) -> QueryResult<()> {
    let fresh = (
        email_codes::request_id.eq(request),
        email_codes::code_hash.eq(None::<Vec<u8>>),
        email_codes::tries.eq(0),
        email_codes::expires_at.eq(now),
    );
    diesel::insert_into(email_codes::table)
        .values((email_codes::user_id.eq(user), fresh.clone()))
        .on_conflict(email_codes::user_id)
        .do_update()
        .set(fresh)
        .execute(conn)
        .await
        .map(drop)
}

/// Keeps the code that answers `request`; whether that is still the latest.
pub(crate) async fn write(
    conn: &mut AsyncPgConnection,
    user: UserId,
    request: Uuid,
    hash: &[u8],
    expires_at: Timestamp,
) -> QueryResult<bool> {
    let row = email_codes::table.find(user).filter(email_codes::request_id.eq(request));
    let change =
        (email_codes::code_hash.eq(hash), email_codes::tries.eq(0), email_codes::expires_at.eq(expires_at));
    diesel::update(row).set(change).execute(conn).await.map(|rows| rows == 1)
}

/// Counts a try; the code's hash, when there is one that may be tried still.
pub(crate) async fn attempt(
    conn: &mut AsyncPgConnection,
    whose: Whose<'_>,
    most: i32,
    now: Timestamp,
) -> QueryResult<Option<(UserId, Vec<u8>)>> {
    let open = email_codes::code_hash
        .is_not_null()
        .and(email_codes::tries.lt(most))
        .and(email_codes::expires_at.gt(now));
    let counted = diesel::update(email_codes::table)
        .set(email_codes::tries.eq(email_codes::tries + 1))
        .returning((email_codes::user_id, email_codes::code_hash));
    let rows: Vec<(UserId, Option<Vec<u8>>)> = match whose {
        Whose::Account(user) => {
            counted.filter(open.and(email_codes::user_id.eq(user))).get_results(conn).await?
        }
        Whose::Address(key) => {
            let owner = users::table.filter(users::email_key.eq(key)).select(users::id);
            counted.filter(open.and(email_codes::user_id.eq_any(owner))).get_results(conn).await?
        }
    };
    Ok(rows.into_iter().next().and_then(|(user, hash)| Some((user, hash?))))
}

/// Uses the code up; whether it was there still.
pub(crate) async fn take(conn: &mut AsyncPgConnection, user: UserId, hash: &[u8]) -> QueryResult<bool> {
    let row = email_codes::table.find(user).filter(email_codes::code_hash.eq(hash));
    diesel::delete(row).execute(conn).await.map(|rows| rows == 1)
}

/// Makes the account's code void.
pub(crate) async fn void(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(email_codes::table.find(user)).execute(conn).await.map(drop)
}
