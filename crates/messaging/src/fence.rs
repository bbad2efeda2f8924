//! Scopes and their access versions: a message never outruns the loss of a right.
//!
//! Every change that can take a right away [`raise`]s the scope's version in its own transaction. A transaction that
//! writes messages holds the scope's lock shared while it compares the version with its grants'; a raise holds it alone.
//! So when a raise is committed, every message of an older version was committed before it.

use std::collections::HashMap;

use backbone::db::any_of;
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, BigInt, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ScopeId, UserId, Version};

use crate::schema::scopes;

/// The version of a person's scope that nothing has raised yet: it has no row.
const NEVER_RAISED: Version = 0;

/// Whom somebody reached when it was read: no block was made since as long as it is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach(Version);

/// SQL that joins a scope's row to a statement of another crate, to be followed by the expression of its id: so that the
/// version and what permissions are computed from are read in one snapshot. [`VERSION`] is what it gives.
pub const JOIN: &str = " JOIN scopes AS scope ON scope.id = ";
/// The version of the scope that [`JOIN`] joined.
pub const VERSION: &str = "scope.version";

backbone::statement! {
    struct LockAlone { key: i64 } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock(" {key as BigInt} ")) AS locked"
}

backbone::statement! {
    struct LockShared<'a> { keys: &'a [i64] } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock_shared(key) FROM unnest(" {keys as Array<BigInt>} ") AS key) AS locked"
}

backbone::statement! {
    struct LockAllAlone<'a> { keys: &'a [i64] } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock(key) FROM unnest(" {keys as Array<BigInt>} ") AS key) AS locked"
}

/// Makes a scope, at version 1.
///
/// # Errors
/// The query failed.
pub async fn open(conn: &mut AsyncPgConnection, scope: ScopeId) -> QueryResult<()> {
    diesel::insert_into(scopes::table).values(scopes::id.eq(scope)).execute(conn).await.map(drop)
}

/// The scope's present version; `None` when there is no such scope. Read it *before* what permissions are computed
/// from: then a change in between makes the grant stale, never wrong.
///
/// # Errors
/// The query failed.
pub async fn version(conn: &mut AsyncPgConnection, scope: ScopeId) -> QueryResult<Option<Version>> {
    scopes::table.find(scope).select(scopes::version).first(conn).await.optional()
}

/// The present versions of several scopes.
///
/// # Errors
/// The query failed.
pub async fn versions(mut conn: &AsyncPgConnection, of: &[ScopeId]) -> QueryResult<Vec<(ScopeId, Version)>> {
    scopes::table.filter(any_of(scopes::id, of)).select((scopes::id, scopes::version)).load(&mut conn).await
}

/// Raises the scope's version, to be committed together with the change that takes a right away. Call it before
/// anything else that locks rows of the scope.
///
/// # Errors
/// The query failed; [`diesel::result::Error::NotFound`] when there is no such scope.
pub async fn raise(tx: &mut AsyncPgConnection, scope: ScopeId) -> QueryResult<Version> {
    LockAlone { key: key(scope) }.execute(tx).await?;
    diesel::update(scopes::table.find(scope))
        .set(scopes::version.eq(scopes::version + 1))
        .returning(scopes::version)
        .get_result(tx)
        .await
}

/// Raises the versions of several scopes, of which each is made that is not there yet. Call it before anything else that
/// locks rows of the scopes, and once: one order of locks for everybody, so no deadlock.
///
/// # Errors
/// The query failed.
pub async fn raise_all(tx: &mut AsyncPgConnection, scopes: &[ScopeId]) -> QueryResult<()> {
    LockAllAlone { keys: &keys(scopes) }.execute(tx).await?;
    let rows = scopes.iter().map(|scope| scopes::id.eq(*scope)).collect::<Vec<_>>();
    diesel::insert_into(scopes::table)
        .values(rows)
        .on_conflict(scopes::id)
        .do_update()
        .set(scopes::version.eq(scopes::version + 1))
        .execute(tx)
        .await
        .map(drop)
}

/// Whom `user` reaches, to be read *before* who is blocked: then a block in between makes what rests on it stale.
///
/// # Errors
/// The query failed.
pub async fn reach(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Reach> {
    Ok(Reach(version(conn, user.into()).await?.unwrap_or(NEVER_RAISED)))
}

/// Whom each of `users` reaches now, in the transaction that holds their scopes; no query for nobody.
pub(crate) async fn reaches(tx: &AsyncPgConnection, users: &[UserId]) -> QueryResult<HashMap<UserId, Reach>> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let scopes = users.iter().map(|user| ScopeId::from(*user)).collect::<Vec<_>>();
    let raised = versions(tx, &scopes).await?.into_iter().collect::<HashMap<_, _>>();
    let of = |user: &UserId| Reach(raised.get(&ScopeId::from(*user)).copied().unwrap_or(NEVER_RAISED));
    Ok(users.iter().map(|user| (*user, of(user))).collect())
}

/// Removes what is kept of a scope.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, scope: ScopeId) -> QueryResult<()> {
    diesel::delete(scopes::table.find(scope)).execute(conn).await.map(drop)
}

/// Keeps the versions of `scopes` from being raised until the transaction ends. What is asked behind it sees them.
pub(crate) async fn hold(mut tx: &AsyncPgConnection, scopes: &[ScopeId]) -> QueryResult<()> {
    LockShared { keys: &keys(scopes) }.execute(&mut tx).await.map(drop)
}

/// The advisory locks of some scopes, each once, in one order for everybody: no deadlock.
fn keys(scopes: &[ScopeId]) -> Vec<i64> {
    let mut keys = scopes.iter().map(|scope| key(*scope)).collect::<Vec<_>>();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The scope's advisory lock. Two scopes with the same key would only wait for each other.
fn key(scope: ScopeId) -> i64 {
    let [_, _, _, _, _, _, _, _, low @ ..] = scope.uuid().into_bytes();
    i64::from_be_bytes(low)
}
