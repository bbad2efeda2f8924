//! The table `guild_audit`: rows are added and read, never changed.

use diesel::PgArrayExpressionMethods;
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AuditId, ChannelId, GuildId, Timestamp, UserId};
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

/// A row to be added: with the channels that it tells of.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = guild_audit)]
pub(crate) struct NewRow {
    #[diesel(embed)]
    pub(crate) row: Row,
    pub(crate) channels: Vec<ChannelId>,
}

/// Something that was done to somebody.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct Record {
    pub(crate) id: AuditId,
    pub(crate) guild: GuildId,
    pub(crate) guild_name: String,
    pub(crate) actor: Option<UserId>,
    pub(crate) action: Action,
    pub(crate) reason: Option<String>,
    after: Option<Value>,
    pub(crate) created_at: Timestamp,
}

impl Record {
    /// Until when a ban or time-out is to last.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        serde_json::from_value(self.after.as_ref()?.get("expiresAt")?.clone()).ok()
    }
}

backbone::statement! {
    // The actions are those of the index guild_audit_subject, which is chosen because they are written out.
    struct Concerning { user: UserId, before: AuditId, limit: i64 }
        -> (SqlUuid, SqlUuid, Text, Nullable<SqlUuid>, Text, Nullable<Text>, Nullable<Jsonb>, Timestamptz);
    "SELECT a.id, a.guild_id, g.name, a.actor_id, a.action, a.reason, a.after, a.created_at FROM guild_audit a \
     JOIN guilds g ON g.id = a.guild_id WHERE a.target_id = " {user as SqlUuid} " AND a.id < " {before as SqlUuid}
    " AND a.action IN ('member-update', 'member-kick', 'member-ban', 'member-unban', 'member-timeout', \
     'member-timeout-end', 'member-warn', 'warning-delete') ORDER BY a.id DESC LIMIT " {limit as BigInt}
}

/// At most `limit` of what was done to the user in all guilds, the newest first.
pub(crate) async fn concerning(
    conn: &mut AsyncPgConnection,
    user: UserId,
    before: Option<AuditId>,
    limit: i64,
) -> QueryResult<Vec<Record>> {
    let before = before.unwrap_or_else(|| AuditId::from_uuid(Uuid::max()));
    Concerning { user, before, limit }.load(conn).await
}

/// Takes nicknames of the user from what was written down of their being changed.
pub(crate) async fn forget_names(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    let renamed = guild_audit::table.filter(guild_audit::target_id.eq(user.uuid()));
    let renamed = renamed.filter(guild_audit::action.eq(Action::MemberUpdate));
    let nothing = (guild_audit::before.eq(None::<Value>), guild_audit::after.eq(None::<Value>));
    diesel::update(renamed).set(nothing).execute(conn).await.map(drop)
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, rows: &[NewRow]) -> QueryResult<()> {
    diesel::insert_into(guild_audit::table).values(rows).execute(tx).await.map(drop)
}

/// At most `limit` of the guild's entries, the newest first; of those that tell of channels, those that tell of none but
/// `known`, where that is given.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    filter: &Filter,
    known: Option<&[ChannelId]>,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let mut found = guild_audit::table.filter(guild_audit::guild_id.eq(guild)).into_boxed();
    if let Some(known) = known {
        found = found.filter(guild_audit::channels.is_contained_by(known));
    }
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
