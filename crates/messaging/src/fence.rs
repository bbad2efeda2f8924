//! Scopes and their access versions: a message never outruns the loss of a right.
//!
//! Every change that can take a right away [`raise`]s the scope's version in its own transaction. A transaction that
//! writes messages holds the scope's lock shared while it compares the version with its grants'; a raise holds it alone.
//! So when a raise is committed, every message of an older version was committed before it.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, BigInt, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ScopeId, Version};

use crate::schema::scopes;

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
pub async fn versions(conn: &mut AsyncPgConnection, of: &[ScopeId]) -> QueryResult<Vec<(ScopeId, Version)>> {
    scopes::table.filter(scopes::id.eq_any(of)).select((scopes::id, scopes::version)).load(conn).await
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

/// Keeps the versions of `scopes` from being raised until the transaction ends.
pub(crate) async fn hold(tx: &mut AsyncPgConnection, scopes: &[ScopeId]) -> QueryResult<()> {
    let mut keys = scopes.iter().map(|scope| key(*scope)).collect::<Vec<_>>();
    // One order for everybody: no deadlock.
    keys.sort_unstable();
    keys.dedup();
    LockShared { keys: &keys }.execute(tx).await.map(drop)
}

/// The scope's advisory lock. Two scopes with the same key would only wait for each other.
fn key(scope: ScopeId) -> i64 {
    let [_, _, _, _, _, _, _, _, low @ ..] = scope.uuid().into_bytes();
    i64::from_be_bytes(low)
}
