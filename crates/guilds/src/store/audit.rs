//! The table `guild_audit`: rows are added and read, never changed.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AuditId, GuildId, Timestamp, UserId};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::{Action, Filter};
use crate::schema::guild_audit;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = guild_audit, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Row {
    pub(crate) id: AuditId,
    pub(crate) guild_id: GuildId,
    pub(crate) actor_id: Option<UserId>,
    pub(crate) action: Action,
    pub(crate) target_id: Option<Uuid>,
    pub(crate) reason: Option<String>,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
    pub(crate) created_at: Timestamp,
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, rows: &[Row]) -> QueryResult<()> {
    diesel::insert_into(guild_audit::table).values(rows).execute(tx).await.map(drop)
}

/// At most `limit` of the guild's entries, the newest first.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    filter: &Filter,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let mut found = guild_audit::table.filter(guild_audit::guild_id.eq(guild)).into_boxed();
    if let Some(before) = filter.before {
        found = found.filter(guild_audit::id.lt(before));
    }
    if let Some(actor) = filter.actor {
        found = found.filter(guild_audit::actor_id.eq(actor));
    }
    if let Some(target) = filter.target {
        found = found.filter(guild_audit::target_id.eq(target));
    }
    if let Some(action) = filter.action {
        found = found.filter(guild_audit::action.eq(action));
    }
    found.order(guild_audit::id.desc()).limit(limit).select(Row::as_select()).load(conn).await
}
