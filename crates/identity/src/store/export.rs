//! What these tables hold on one person.

use diesel::PgExpressionMethods;
use diesel::QueryResult;
use diesel::prelude::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AuditId, Timestamp, UserId};

use crate::model::Session;
use crate::schema::{
    audit_log, email_changes, email_codes, known_devices, password_resets, recovery_codes, sessions,
};
use crate::store::audit::Entry;

/// The user's sessions, those that are over too, each with when it was revoked. An account has 100 open ones at most,
/// and those that are over are swept away.
pub(crate) async fn sessions(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(Session, Option<Timestamp>)>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .order(sessions::created_at)
        .limit(limit)
        .select((Session::as_select(), sessions::revoked_at))
        .load(conn)
        .await
}

/// At most `limit` entries after `after` that are about the user or that they made, the earliest first.
pub(crate) async fn entries(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: AuditId,
    limit: i64,
) -> QueryResult<Vec<Entry>> {
    let next = || audit_log::table.filter(audit_log::id.gt(after)).order(audit_log::id).limit(limit);
    // One index each: one condition for both reads the whole log when they are few.
    let about = next().filter(audit_log::subject_id.assume_not_null().eq(user)).select(Entry::as_select());
    let mut entries: Vec<Entry> = about.load(conn).await?;
    let others = audit_log::subject_id.is_distinct_from(audit_log::actor_id);
    let by = next().filter(audit_log::actor_id.assume_not_null().eq(user)).filter(others);
    entries.extend(by.select(Entry::as_select()).load(conn).await?);
    entries.sort_by_key(|entry| entry.id);
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(entries)
}

/// A place that an account was used from: the kind of client, the network, and when last.
pub(crate) type Device = (String, String, Timestamp);

/// The places that the account was used from, the latest first.
pub(crate) async fn devices(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<Device>> {
    known_devices::table
        .filter(known_devices::user_id.eq(user))
        .order(known_devices::seen_at.desc())
        .limit(limit)
        .select((known_devices::family, known_devices::network, known_devices::seen_at))
        .load(conn)
        .await
}

/// How many recovery codes are left.
pub(crate) async fn recovery_codes(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    recovery_codes::table.filter(recovery_codes::user_id.eq(user)).count().get_result(conn).await
}

/// What waits for a code or link of a letter: what it is for, the address that is wanted, and until when it works.
pub(crate) type Pending = (&'static str, Option<String>, Timestamp);

/// Everything of the user that waits for a code or link of a letter.
pub(crate) async fn pending(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Pending>> {
    let change = email_changes::table.find(user).select((email_changes::email, email_changes::expires_at));
    let change: Option<(String, Timestamp)> = change.first(conn).await.optional()?;
    let code = email_codes::table.find(user).select(email_codes::expires_at).first(conn).await.optional()?;
    let reset = password_resets::table.find(user).select(password_resets::expires_at);
    let reset = reset.first(conn).await.optional()?;
    let change = change.map(|(email, until)| ("change-email", Some(email), until));
    let code = code.map(|until| ("verify-email", None, until));
    let reset = reset.map(|until| ("reset-password", None, until));
    Ok([change, code, reset].into_iter().flatten().collect())
}
