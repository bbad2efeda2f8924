//! The table `guilds`.

use backbone::db::any_of;
use diesel::QueryResult;
use diesel::dsl::{count_star, exists};
use diesel::prelude::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl,
    SelectableHelper,
};
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

/// What is to be changed of a guild.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = guilds)]
pub(crate) struct GuildChange<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) description: Option<Option<&'a str>>,
    pub(crate) icon: Option<Option<&'a str>>,
    pub(crate) is_public: Option<bool>,
    pub(crate) system_messages: Option<bool>,
    pub(crate) updated_at: Timestamp,
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, guild: &NewGuild<'_>) -> QueryResult<()> {
    diesel::insert_into(guilds::table).values(guild).execute(tx).await.map(drop)
}

/// The guilds of `ids`, each with its permanent invite code.
pub(crate) async fn by_ids(
    conn: &mut AsyncPgConnection,
    ids: &[GuildId],
) -> QueryResult<Vec<(Guild, String)>> {
    let found = guilds::table.inner_join(invites::table).filter(any_of(guilds::id, ids));
    found.filter(invites::permanent).select((Guild::as_select(), invites::code)).load(conn).await
}

/// The guild, if everybody may join it or `member` is in it already.
pub(crate) async fn open_to(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    member: UserId,
) -> QueryResult<Option<Guild>> {
    let membership = members::table.find((guild, member));
    let open = guilds::table.find(guild).filter(guilds::is_public.or(exists(membership)));
    open.select(Guild::as_select()).first(conn).await.optional()
}

/// Writes what was changed of the guild, and returns it as it is now.
pub(crate) async fn update(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    change: &GuildChange<'_>,
) -> QueryResult<Guild> {
    let row = diesel::update(guilds::table.find(guild)).set(change);
    row.returning(Guild::as_returning()).get_result(tx).await
}

/// The guild has this icon no more, if it still had it; whether it had.
pub(crate) async fn lose_icon(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    icon: &str,
    now: Timestamp,
) -> QueryResult<bool> {
    let row = diesel::update(guilds::table.find(guild).filter(guilds::icon.eq(icon)));
    let lost = row.set((guilds::icon.eq(None::<String>), guilds::updated_at.eq(now)));
    lost.execute(conn).await.map(|rows| rows == 1)
}

/// Gives the guild to somebody, and returns it as it is now.
pub(crate) async fn set_owner(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    owner: UserId,
    now: Timestamp,
) -> QueryResult<Guild> {
    let row = diesel::update(guilds::table.find(guild));
    row.set((guilds::owner_id.eq(owner), guilds::updated_at.eq(now)))
        .returning(Guild::as_returning())
        .get_result(tx)
        .await
}

/// The guild.
pub(crate) async fn by_id(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Option<Guild>> {
    guilds::table.find(guild).select(Guild::as_select()).first(conn).await.optional()
}

/// Whose the guild is.
pub(crate) async fn owner(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Option<UserId>> {
    guilds::table.find(guild).select(guilds::owner_id).first(conn).await.optional()
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

/// Locks the guild's row against every other change of it. The guild as it is then; `None` when it is gone.
pub(crate) async fn lock(tx: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Option<Guild>> {
    let row = guilds::table.find(guild).select(Guild::as_select());
    row.for_no_key_update().first(tx).await.optional()
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
