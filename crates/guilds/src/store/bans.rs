//! The table `bans`. One whose time is over is no ban, whether it was removed yet or not.

use diesel::QueryResult;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel::sql_types::{BigInt, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Timestamp, UserId};

use crate::schema::bans;

/// Somebody who may not be a member.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bans, check_for_backend(diesel::pg::Pg))]
pub struct Ban {
    /// Of which guild.
    pub guild_id: GuildId,
    /// Who.
    pub user_id: UserId,
    /// Who banned them.
    pub moderator_id: UserId,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; for ever unless there is one.
    pub expires_at: Option<Timestamp>,
}

backbone::statement! {
    struct Due { now: Timestamp, limit: i64 } -> (Uuid,);
    "SELECT DISTINCT guild_id FROM (SELECT guild_id FROM bans WHERE expires_at <= " {now as Timestamptz}
    " ORDER BY expires_at LIMIT " {limit as BigInt} ") AS over"
}

/// The ban that keeps the user out of the guild at `now`.
pub(crate) async fn in_force(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Option<Ban>> {
    let lasting = bans::expires_at.is_null().or(bans::expires_at.gt(now));
    let found = bans::table.find((guild, user)).filter(lasting);
    found.select(Ban::as_select()).first(conn).await.optional()
}

/// Writes the ban, in the place of the one that there was.
pub(crate) async fn put(tx: &mut AsyncPgConnection, ban: &Ban) -> QueryResult<()> {
    diesel::insert_into(bans::table)
        .values(ban)
        .on_conflict((bans::guild_id, bans::user_id))
        .do_update()
        .set((
            bans::moderator_id.eq(ban.moderator_id),
            bans::reason.eq(&ban.reason),
            bans::created_at.eq(ban.created_at),
            bans::expires_at.eq(ban.expires_at),
        ))
        .execute(tx)
        .await
        .map(drop)
}

/// Removes the ban; the ban, if there was one in force.
pub(crate) async fn lift(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Option<Ban>> {
    let lasting = bans::expires_at.is_null().or(bans::expires_at.gt(now));
    let row = diesel::delete(bans::table.find((guild, user)).filter(lasting));
    row.returning(Ban::as_returning()).get_result(tx).await.optional()
}

/// The bans in force, at most `limit` after `after`, by user id.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    now: Timestamp,
    after: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<Ban>> {
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    let lasting = bans::expires_at.is_null().or(bans::expires_at.gt(now));
    let found = bans::table.filter(bans::guild_id.eq(guild)).filter(bans::user_id.gt(after));
    found.filter(lasting).order(bans::user_id).limit(limit).select(Ban::as_select()).load(conn).await
}

/// Guilds of which some ban is over at `now`: of the first `limit` of those.
pub(crate) async fn due(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
    limit: i64,
) -> QueryResult<Vec<GuildId>> {
    let guilds: Vec<(GuildId,)> = Due { now, limit }.load(conn).await?;
    Ok(guilds.into_iter().map(|(guild,)| guild).collect())
}

/// Removes the guild's bans whose time is over at `now`.
pub(crate) async fn end(tx: &mut AsyncPgConnection, guild: GuildId, now: Timestamp) -> QueryResult<Vec<Ban>> {
    let over = bans::table.filter(bans::guild_id.eq(guild)).filter(bans::expires_at.le(now));
    diesel::delete(over).returning(Ban::as_returning()).load(tx).await
}

/// Forgets all bans of an account that is gone.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(bans::table.filter(bans::user_id.eq(user))).execute(conn).await.map(drop)
}
