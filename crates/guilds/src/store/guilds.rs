//! The tables `guilds` and `invites`.

use diesel::QueryResult;
use diesel::dsl::{count_star, exists};
use diesel::prelude::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Timestamp, UserId};

use crate::model::Guild;
use crate::schema::{guilds, invites, members};

#[derive(Debug, Insertable)]
#[diesel(table_name = guilds)]
pub(crate) struct NewGuild<'a> {
    pub(crate) id: GuildId,
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) owner_id: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = invites)]
pub(crate) struct NewInvite<'a> {
    pub(crate) code: &'a str,
    pub(crate) guild_id: GuildId,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, guild: &NewGuild<'_>) -> QueryResult<()> {
    diesel::insert_into(guilds::table).values(guild).execute(tx).await.map(drop)
}

pub(crate) async fn insert_invite(tx: &mut AsyncPgConnection, invite: &NewInvite<'_>) -> QueryResult<()> {
    diesel::insert_into(invites::table).values(invite).execute(tx).await.map(drop)
}

/// The guilds of `ids`, each with its invite code.
pub(crate) async fn by_ids(
    conn: &mut AsyncPgConnection,
    ids: &[GuildId],
) -> QueryResult<Vec<(Guild, String)>> {
    let found = guilds::table.inner_join(invites::table).filter(guilds::id.eq_any(ids));
    found.select((Guild::as_select(), invites::code)).load(conn).await
}

/// The guild that the invite code leads to.
pub(crate) async fn by_code(conn: &mut AsyncPgConnection, code: &str) -> QueryResult<Option<Guild>> {
    let found = guilds::table.inner_join(invites::table).filter(invites::code.eq(code));
    found.select(Guild::as_select()).first(conn).await.optional()
}

/// The guild's invite code, for a member.
pub(crate) async fn code_for(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    member: UserId,
) -> QueryResult<Option<String>> {
    let membership = members::table.find((guild, member));
    let found = invites::table.filter(invites::guild_id.eq(guild)).filter(exists(membership));
    found.select(invites::code).first(conn).await.optional()
}

/// How many guilds there are.
pub(crate) async fn count(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    guilds::table.select(count_star()).get_result(conn).await
}

/// How many guilds the user owns.
pub(crate) async fn owned(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    guilds::table.filter(guilds::owner_id.eq(user)).select(count_star()).get_result(conn).await
}

/// At most `limit` guilds of the user that have other members.
pub(crate) async fn owned_with_others(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(GuildId, String)>> {
    let shared = guilds::table.filter(guilds::owner_id.eq(user)).filter(guilds::member_count.gt(1));
    shared.order(guilds::id).limit(limit).select((guilds::id, guilds::name)).load(conn).await
}

/// Makes another member the owner of the guild.
pub(crate) async fn give_to(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    heir: UserId,
    now: Timestamp,
) -> QueryResult<()> {
    let given = (guilds::owner_id.eq(heir), guilds::updated_at.eq(now));
    diesel::update(guilds::table.find(guild)).set(given).execute(tx).await.map(drop)
}

/// Locks the guild's row against every other change of it, for one of its members: strangers cannot lock anything.
/// Whether it did.
pub(crate) async fn lock_for(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    member: UserId,
) -> QueryResult<bool> {
    let membership = members::table.find((guild, member));
    let row = guilds::table.find(guild).filter(exists(membership)).select(guilds::id);
    row.for_no_key_update().first::<GuildId>(tx).await.optional().map(|found| found.is_some())
}

/// Locks the guild's row against every other use of it, if it is the owner's. Whether it did.
pub(crate) async fn lock_owned(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    owner: UserId,
) -> QueryResult<bool> {
    let row = guilds::table.find(guild).filter(guilds::owner_id.eq(owner)).select(guilds::id);
    row.for_update().first::<GuildId>(tx).await.optional().map(|found| found.is_some())
}

/// Deletes the guild with its roles, members, channels and invites.
pub(crate) async fn delete(tx: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<()> {
    diesel::delete(guilds::table.find(guild)).execute(tx).await.map(drop)
}
