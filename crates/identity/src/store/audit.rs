//! The table `audit_log`.

use diesel::PgExpressionMethods;
use diesel::QueryResult;
use diesel::dsl::AsSelect;
use diesel::prelude::{
    ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AuditId, Timestamp, UserId};
use serde_json::Value;

use crate::audit::AuditAction;
use crate::schema::audit_log;

/// Something that happened.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Entry {
    pub(crate) id: AuditId,
    pub(crate) created_at: Timestamp,
    pub(crate) action: AuditAction,
    pub(crate) actor_id: Option<UserId>,
    pub(crate) subject_id: Option<UserId>,
    pub(crate) address: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) details: Option<Value>,
}

/// Which entries.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filter {
    /// Those that this user did, or that are about them.
    pub(crate) user: Option<UserId>,
    pub(crate) action: Option<AuditAction>,
    /// Those before this one.
    pub(crate) before: Option<AuditId>,
}

pub(crate) async fn insert(conn: &mut AsyncPgConnection, entry: &Entry) -> QueryResult<()> {
    diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
}

/// At most `limit` entries that fit, the latest first.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    filter: Filter,
    limit: i64,
) -> QueryResult<Vec<Entry>> {
    let Some(user) = filter.user else { return latest(fitting(filter), limit).load(conn).await };
    // One index each, read from its end: one condition for both reads the whole log when they are few.
    let about = fitting(filter).filter(audit_log::subject_id.assume_not_null().eq(user));
    let by = fitting(filter).filter(audit_log::actor_id.assume_not_null().eq(user));
    let others = audit_log::subject_id.is_distinct_from(audit_log::actor_id);
    let mut entries: Vec<Entry> = latest(about, limit).load(conn).await?;
    entries.extend(latest(by.filter(others), limit).load::<Entry>(conn).await?);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(entries)
}

type Boxed<'a> = audit_log::BoxedQuery<'a, diesel::pg::Pg>;

fn fitting(filter: Filter) -> Boxed<'static> {
    let mut fitting = audit_log::table.into_boxed();
    if let Some(action) = filter.action {
        fitting = fitting.filter(audit_log::action.eq(action));
    }
    if let Some(before) = filter.before {
        fitting = fitting.filter(audit_log::id.lt(before));
    }
    fitting
}

fn latest(
    entries: Boxed<'_>,
    limit: i64,
) -> diesel::helper_types::Select<Boxed<'_>, AsSelect<Entry, diesel::pg::Pg>> {
    entries.order(audit_log::id.desc()).limit(limit).select(Entry::as_select())
}

/// When each of `users` logged in last, as far as it is still written down.
pub(crate) async fn last_logins(
    conn: &mut AsyncPgConnection,
    users: &[UserId],
) -> QueryResult<Vec<(UserId, Timestamp)>> {
    LastLogins { users }.load(conn).await
}

backbone::statement! {
    /// The latest login of each of some users: one look into an index for each.
    struct LastLogins<'a> { users: &'a [UserId] } -> (diesel::sql_types::Uuid, diesel::sql_types::Timestamptz);
    "SELECT u.id, last.created_at FROM unnest(" {users as diesel::sql_types::Array<diesel::sql_types::Uuid>}
    ") AS u (id) CROSS JOIN LATERAL (SELECT created_at FROM audit_log WHERE subject_id = u.id AND action = 'login-succeeded' \
       ORDER BY id DESC LIMIT 1) AS last"
}

/// Forgets where the user did what they did from.
pub(crate) async fn blur(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::update(audit_log::table.filter(audit_log::actor_id.eq(user)))
        .set((audit_log::address.eq(None::<String>), audit_log::device.eq(None::<String>)))
        .execute(conn)
        .await
        .map(drop)
}

/// Removes at most `limit` entries before `before`; returns how many there were.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: AuditId, limit: i64) -> QueryResult<usize> {
    let old = diesel::alias!(audit_log as old);
    let ids = old
        .filter(old.field(audit_log::id).lt(before))
        .order(old.field(audit_log::id))
        .select(old.field(audit_log::id))
        .limit(limit)
        .for_update()
        .skip_locked();
    diesel::delete(audit_log::table.filter(audit_log::id.eq_any(ids))).execute(conn).await
}
