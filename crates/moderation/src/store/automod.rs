//! The table `automod`.

use diesel::QueryResult;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, ScopeId, Timestamp, Version};
use messaging::fence;
use serde_json::Value;

use crate::automod::Rule;
use crate::schema::automod;

/// A guild's rules, as they stand in their row.
#[derive(Debug, FromSqlRow)]
pub(crate) struct Rules(pub(crate) Vec<Rule>);

impl FromSql<Jsonb, Pg> for Rules {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_value(FromSql::<Jsonb, Pg>::from_sql(value)?)?))
    }
}

backbone::statement! {
    // In one snapshot, so the rules are those of the version, or newer ones never.
    struct AtVersion { scope: ScopeId } -> (BigInt, Nullable<Jsonb>);
    "SELECT " [fence::VERSION] ", a.rules FROM (SELECT " {scope as Uuid} "::uuid AS id) AS wanted" [fence::JOIN]
    "wanted.id LEFT JOIN automod a ON a.guild_id = wanted.id"
}

/// The version of a scope, and the rules that are in force at it; none, when it is that of no guild.
pub(crate) async fn at_version(
    conn: &mut AsyncPgConnection,
    scope: ScopeId,
) -> QueryResult<Option<(Version, Option<Rules>)>> {
    AtVersion { scope }.get_result(conn).await.optional()
}

/// The guild's rules, in their order.
pub(crate) async fn of(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Vec<Rule>> {
    let rules = automod::table.find(guild).select(automod::rules).first::<Rules>(conn).await.optional()?;
    Ok(rules.map(|rules| rules.0).unwrap_or_default())
}

/// Gives the guild these rules and no others.
pub(crate) async fn put(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    rules: Value,
    now: Timestamp,
) -> QueryResult<()> {
    let state = (automod::rules.eq(rules), automod::updated_at.eq(now));
    let row = diesel::insert_into(automod::table).values((automod::guild_id.eq(guild), state.clone()));
    row.on_conflict(automod::guild_id).do_update().set(state).execute(tx).await.map(drop)
}
