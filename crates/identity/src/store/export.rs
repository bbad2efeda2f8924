//! What these tables hold on one person.

use diesel::QueryResult;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AuditId, Timestamp, UserId};

use crate::model::Session;
use crate::schema::{audit_log, sessions};
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
    let about = audit_log::subject_id.assume_not_null().eq(user);
    let by = audit_log::actor_id.assume_not_null().eq(user);
    audit_log::table
        .filter(about.or(by))
        .filter(audit_log::id.gt(after))
        .order(audit_log::id)
        .limit(limit)
        .select(Entry::as_select())
        .load(conn)
        .await
}
