//! The table `warnings`.

use diesel::QueryResult;
use diesel::prelude::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Timestamp, UserId, WarningId};

use crate::schema::warnings;

/// A warning.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = warnings, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Warning {
    pub(crate) id: WarningId,
    pub(crate) guild_id: GuildId,
    pub(crate) user_id: UserId,
    pub(crate) moderator_id: UserId,
    pub(crate) reason: String,
    pub(crate) created_at: Timestamp,
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, warning: &Warning) -> QueryResult<()> {
    diesel::insert_into(warnings::table).values(warning).execute(tx).await.map(drop)
}

/// The warnings of somebody in a guild, at most `limit`, the newest first.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    before: Option<WarningId>,
    limit: i64,
) -> QueryResult<Vec<Warning>> {
    let mut found =
        warnings::table.filter(warnings::guild_id.eq(guild)).filter(warnings::user_id.eq(user)).into_boxed();
    if let Some(before) = before {
        found = found.filter(warnings::id.lt(before));
    }
    found.order(warnings::id.desc()).limit(limit).select(Warning::as_select()).load(conn).await
}

/// Takes a warning back; the warning, if there was such a one.
pub(crate) async fn delete(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    id: WarningId,
) -> QueryResult<Option<Warning>> {
    let found = warnings::table.find(id).filter(warnings::guild_id.eq(guild));
    let row = diesel::delete(found.filter(warnings::user_id.eq(user)));
    row.returning(Warning::as_returning()).get_result(tx).await.optional()
}

/// Forgets all warnings of an account that is gone.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(warnings::table.filter(warnings::user_id.eq(user))).execute(conn).await.map(drop)
}
