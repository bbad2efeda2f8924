//! Counting.

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AuditId, Timestamp, UserId};

backbone::statement! {
    /// Accounts; those made since; those that may not be used; when the first was made. Each from an index alone: ids
    /// begin with the time at which the account was made.
    struct Accounts { since: Timestamp, first: UserId } -> (BigInt, BigInt, BigInt, Nullable<Timestamptz>);
    "SELECT (SELECT count(*) FROM users WHERE deleted_at IS NULL), \
        (SELECT count(*) FROM users WHERE deleted_at IS NULL AND id >= " {first as Uuid}
    " AND created_at >= " {since as Timestamptz} "), \
        (SELECT count(*) FROM users WHERE suspended_at IS NOT NULL AND deleted_at IS NULL), \
        (SELECT created_at FROM users WHERE deleted_at IS NULL ORDER BY id LIMIT 1)"
}

backbone::statement! {
    /// Who used a session since, or logged in since and is out again.
    struct Active { since: Timestamp, first: AuditId } -> BigInt;
    "SELECT count(*) FROM (SELECT user_id FROM sessions WHERE last_used_at >= " {since as Timestamptz}
    " UNION SELECT subject_id FROM audit_log WHERE action = 'login-succeeded' AND id >= " {first as Uuid} ") AS active"
}

/// How many accounts there are, how many of them were made since, how many may not be used, and when the
/// first was made.
pub(crate) async fn accounts(
    conn: &mut AsyncPgConnection,
    since: Timestamp,
) -> QueryResult<(i64, i64, i64, Option<Timestamp>)> {
    Accounts { since, first: since.first_id() }.get_result(conn).await
}

/// How many people used the product since.
pub(crate) async fn active(conn: &mut AsyncPgConnection, since: Timestamp) -> QueryResult<i64> {
    Active { since, first: since.first_id() }.get_result(conn).await
}
