//! The tables `roles` and `member_roles`.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{
    AsChangeset, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, Permissions, RoleId, UserId};

use crate::model::Role;
use crate::schema::{channels, member_roles, roles};

#[derive(Debug, Insertable)]
#[diesel(table_name = roles)]
pub(crate) struct NewRole<'a> {
    pub(crate) id: RoleId,
    pub(crate) guild_id: GuildId,
    pub(crate) name: &'a str,
    pub(crate) color: &'a str,
    pub(crate) permissions: i64,
    pub(crate) position: i32,
    pub(crate) mentionable: bool,
    pub(crate) hoisted: bool,
}

/// What changes of a role: nothing, where it says nothing.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = roles)]
pub(crate) struct RoleChange<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) color: Option<&'a str>,
    pub(crate) permissions: Option<i64>,
    pub(crate) mentionable: Option<bool>,
    pub(crate) hoisted: Option<bool>,
}

impl RoleChange<'_> {
    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { name, color, permissions, mentionable, hoisted } = self;
        let texts = name.is_none() && color.is_none();
        texts && permissions.is_none() && mentionable.is_none() && hoisted.is_none()
    }
}

/// Adds the role that every member has.
pub(crate) async fn insert_everyone(
    tx: &mut AsyncPgConnection,
    id: RoleId,
    guild: GuildId,
) -> QueryResult<()> {
    let everyone = (
        roles::id.eq(id),
        roles::guild_id.eq(guild),
        roles::name.eq("@everyone"),
        roles::permissions.eq(Permissions::EVERYONE.bits()),
        roles::position.eq(0),
    );
    diesel::insert_into(roles::table).values(everyone).execute(tx).await.map(drop)
}

/// Adds a role.
pub(crate) async fn insert(tx: &mut AsyncPgConnection, role: &NewRole<'_>) -> QueryResult<Role> {
    let row = diesel::insert_into(roles::table).values(role);
    row.returning(Role::as_returning()).get_result(tx).await
}

/// The role of `id`.
pub(crate) async fn by_id(conn: &mut AsyncPgConnection, id: RoleId) -> QueryResult<Option<Role>> {
    roles::table.find(id).select(Role::as_select()).first(conn).await.optional()
}

/// The guild's roles by position, the lowest first.
pub(crate) async fn of(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Vec<Role>> {
    let of_guild = roles::table.filter(roles::guild_id.eq(guild));
    of_guild.order(roles::position).select(Role::as_select()).load(conn).await
}

/// Of the roles of the channel's guild, but for `@everyone`: the id, what it is called, and whether everybody may mention it.
pub(crate) async fn of_channel(
    conn: &mut AsyncPgConnection,
    channel: ChannelId,
) -> QueryResult<Vec<(RoleId, String, bool)>> {
    let of_guild = roles::table.inner_join(channels::table.on(channels::guild_id.eq(roles::guild_id)));
    let mentioned = of_guild.filter(channels::id.eq(channel)).filter(roles::position.gt(0));
    mentioned.select((roles::id, roles::name, roles::mentionable)).load(conn).await
}

/// How many roles the guild has: the position behind the last. True while the guild's row is locked.
pub(crate) async fn count(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<i64> {
    roles::table.filter(roles::guild_id.eq(guild)).select(count_star()).get_result(conn).await
}

/// Changes a role, but for its position.
pub(crate) async fn change(
    tx: &mut AsyncPgConnection,
    id: RoleId,
    change: &RoleChange<'_>,
) -> QueryResult<Role> {
    let row = diesel::update(roles::table.find(id)).set(change);
    row.returning(Role::as_returning()).get_result(tx).await
}

/// Moves the roles of these positions, both included, by so many places. Each of them leaves its place to another in the
/// same statement, or to who is inserted or moved next: the constraint looks at the end of the transaction.
pub(crate) async fn shift(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    (from, to): (i32, i32),
    by: i32,
) -> QueryResult<()> {
    diesel::sql_query("SET CONSTRAINTS roles_position DEFERRED").execute(tx).await?;
    let between = roles::table.filter(roles::guild_id.eq(guild)).filter(roles::position.between(from, to));
    diesel::update(between).set(roles::position.eq(roles::position + by)).execute(tx).await.map(drop)
}

/// Puts a role in a place that [`shift`] made free.
pub(crate) async fn place(tx: &mut AsyncPgConnection, id: RoleId, position: i32) -> QueryResult<Role> {
    let row = diesel::update(roles::table.find(id)).set(roles::position.eq(position));
    row.returning(Role::as_returning()).get_result(tx).await
}

/// Deletes a role, and takes it from everybody who has it.
pub(crate) async fn delete(tx: &mut AsyncPgConnection, id: RoleId) -> QueryResult<()> {
    diesel::delete(roles::table.find(id)).execute(tx).await.map(drop)
}

/// Gives a member a role. Whether they did not have it.
pub(crate) async fn assign(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    role: RoleId,
) -> QueryResult<bool> {
    let row =
        (member_roles::guild_id.eq(guild), member_roles::user_id.eq(user), member_roles::role_id.eq(role));
    let insert = diesel::insert_into(member_roles::table).values(row).on_conflict_do_nothing();
    insert.execute(tx).await.map(|added| added == 1)
}

/// Takes a role from a member. Whether they had it.
pub(crate) async fn unassign(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    role: RoleId,
) -> QueryResult<bool> {
    let held = member_roles::table.find((guild, user, role));
    diesel::delete(held).execute(tx).await.map(|removed| removed == 1)
}

/// The roles of those of `users` who have any in the guild, without `@everyone`, by position, the highest first.
pub(crate) async fn held(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    users: &[UserId],
) -> QueryResult<HashMap<UserId, Vec<RoleId>>> {
    let rows: Vec<(UserId, RoleId)> = member_roles::table
        .inner_join(roles::table.on(roles::id.eq(member_roles::role_id)))
        .filter(member_roles::guild_id.eq(guild))
        .filter(member_roles::user_id.eq_any(users))
        .order(roles::position.desc())
        .select((member_roles::user_id, member_roles::role_id))
        .load(conn)
        .await?;
    let mut held = HashMap::<UserId, Vec<RoleId>>::new();
    for (user, role) in rows {
        held.entry(user).or_default().push(role);
    }
    Ok(held)
}

/// The roles of `user` in some guilds, without `@everyone`.
pub(crate) async fn of_user(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
    user: UserId,
) -> QueryResult<Vec<RoleId>> {
    let held = member_roles::table.filter(member_roles::guild_id.eq_any(guilds));
    held.filter(member_roles::user_id.eq(user)).select(member_roles::role_id).load(conn).await
}
