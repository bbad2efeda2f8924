//! The table `invites`.

use diesel::QueryResult;
use diesel::dsl::{count_star, exists};
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Timestamp, UserId};

use crate::model::Guild;
use crate::schema::{guilds, invites, members};

backbone::statement! {
    // Of those that lead nowhere: long enough ago that who follows one again as a member still gets in.
    struct Dead { before: Timestamp, limit: i64 } -> BigInt;
    "DELETE FROM invites WHERE code IN (SELECT code FROM invites WHERE NOT permanent AND (expires_at < "
    {before as Timestamptz} " OR (uses >= max_uses AND last_used_at < " {before as Timestamptz}
    ")) LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED)"
}

#[derive(Debug, Insertable)]
#[diesel(table_name = invites)]
pub(crate) struct NewInvite<'a> {
    pub(crate) code: &'a str,
    pub(crate) guild_id: GuildId,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) permanent: bool,
    pub(crate) max_uses: Option<i32>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// A code and how far it has been used.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invites, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Invite {
    pub(crate) code: String,
    pub(crate) guild_id: GuildId,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) permanent: bool,
    pub(crate) max_uses: Option<i32>,
    pub(crate) uses: i32,
    pub(crate) expires_at: Option<Timestamp>,
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, invite: &NewInvite<'_>) -> QueryResult<Invite> {
    let row = diesel::insert_into(invites::table).values(invite);
    row.returning(Invite::as_returning()).get_result(tx).await
}

/// The guild that the code belongs to, also when nobody new gets in by it any more.
pub(crate) async fn guild_of(conn: &mut AsyncPgConnection, code: &str) -> QueryResult<Option<Guild>> {
    let found = guilds::table.inner_join(invites::table).filter(invites::code.eq(code));
    found.select(Guild::as_select()).first(conn).await.optional()
}

/// The guild that somebody new gets into by the code at `now`.
pub(crate) async fn leads_to(
    conn: &mut AsyncPgConnection,
    code: &str,
    now: Timestamp,
) -> QueryResult<Option<Guild>> {
    let lasting = invites::expires_at.is_null().or(invites::expires_at.gt(now));
    let open = invites::max_uses.is_null().or(invites::uses.nullable().lt(invites::max_uses));
    let found = guilds::table.inner_join(invites::table).filter(invites::code.eq(code));
    found.filter(lasting).filter(open).select(Guild::as_select()).first(conn).await.optional()
}

/// Takes one of the code's uses. Whether there was one left at `now`.
pub(crate) async fn spend(tx: &mut AsyncPgConnection, code: &str, now: Timestamp) -> QueryResult<bool> {
    let lasting = invites::expires_at.is_null().or(invites::expires_at.gt(now));
    let open = invites::max_uses.is_null().or(invites::uses.nullable().lt(invites::max_uses));
    let found = invites::table.find(code).filter(lasting).filter(open);
    let spent =
        diesel::update(found).set((invites::uses.eq(invites::uses + 1), invites::last_used_at.eq(now)));
    spent.execute(tx).await.map(|rows| rows == 1)
}

/// The guild's permanent code, for a member.
pub(crate) async fn permanent_for(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    member: UserId,
) -> QueryResult<Option<String>> {
    let membership = members::table.find((guild, member));
    let found = invites::table.filter(invites::guild_id.eq(guild)).filter(invites::permanent);
    found.filter(exists(membership)).select(invites::code).first(conn).await.optional()
}

/// The guild's permanent code.
pub(crate) async fn permanent(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<String> {
    let found = invites::table.filter(invites::guild_id.eq(guild)).filter(invites::permanent);
    found.select(invites::code).first(conn).await
}

/// Gives the guild another permanent code: the one that it had leads nowhere any more.
pub(crate) async fn replace_permanent(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    code: &str,
) -> QueryResult<()> {
    let row = diesel::update(invites::table.filter(invites::guild_id.eq(guild)).filter(invites::permanent));
    row.set((invites::code.eq(code), invites::uses.eq(0))).execute(tx).await.map(drop)
}

/// How many further codes the guild has, whatever their state.
pub(crate) async fn count(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<i64> {
    let found =
        invites::table.filter(invites::guild_id.eq(guild)).filter(diesel::dsl::not(invites::permanent));
    found.select(count_star()).get_result(conn).await
}

/// The guild's codes, at most `limit`, the newest first; of one maker, or of everybody.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    maker: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<Invite>> {
    let mut found = invites::table.filter(invites::guild_id.eq(guild)).into_boxed();
    if let Some(maker) = maker {
        found = found.filter(invites::created_by.eq(maker).or(invites::permanent));
    }
    found
        .order((invites::created_at.desc(), invites::code))
        .limit(limit)
        .select(Invite::as_select())
        .load(conn)
        .await
}

/// One of the guild's codes.
pub(crate) async fn one(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    code: &str,
) -> QueryResult<Option<Invite>> {
    let found = invites::table.find(code).filter(invites::guild_id.eq(guild));
    found.select(Invite::as_select()).first(conn).await.optional()
}

/// Whether one of `codes` is of another guild.
pub(crate) async fn elsewhere(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    codes: &[String],
) -> QueryResult<bool> {
    let others = invites::table.filter(invites::code.eq_any(codes)).filter(invites::guild_id.ne(guild));
    diesel::select(exists(others)).get_result(conn).await
}

/// Removes a code.
pub(crate) async fn delete(tx: &mut AsyncPgConnection, code: &str) -> QueryResult<()> {
    diesel::delete(invites::table.find(code)).execute(tx).await.map(drop)
}

/// Removes up to `limit` codes that have led nowhere since `before`; how many.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<usize> {
    Dead { before, limit }.execute(conn).await
}
