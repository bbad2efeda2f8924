//! The table `members`, and the number of members that their guild shows.

use std::collections::HashSet;

use diesel::QueryResult;
use diesel::dsl::{count_star, exists};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Timestamp, UserId, Version};
use messaging::fence;

use crate::model::Member;
use crate::schema::{guilds, members};
use crate::store::silences;

/// The first key of the advisory locks on users' memberships; the second is the user's. Locks with two keys never meet
/// those with one.
const MEMBERSHIPS: i32 = 1;

/// Rows in one INSERT.
const CHUNK: usize = 5_000;

backbone::statement! {
    struct Lock { class: i32, key: i32 } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock(" {class as Integer} ", " {key as Integer} ")) AS locked"
}

backbone::statement! {
    struct Insert<'a> {
        guild: GuildId, users: &'a [UserId], nicknames: &'a [Option<&'a str>], joined_ats: &'a [Timestamp],
    } -> BigInt;
    "INSERT INTO members (guild_id, user_id, nickname, joined_at) SELECT " {guild as Uuid} ", u.* FROM unnest("
    {users as Array<Uuid>} ", " {nicknames as Array<Nullable<Text>>} ", " {joined_ats as Array<Timestamptz>}
    ") AS u (user_id, nickname, joined_at) ON CONFLICT DO NOTHING"
}

backbone::statement! {
    /// Those of some users who are in a guild with one.
    struct Sharing<'a> { user: UserId, others: &'a [UserId] } -> (Uuid,);
    "SELECT DISTINCT user_id FROM members WHERE user_id = ANY(" {others as Array<Uuid>}
    ") AND guild_id IN (SELECT guild_id FROM members WHERE user_id = " {user as Uuid} ")"
}

backbone::statement! {
    /// Who is in a guild with a user, by id: of each guild no more than are asked for in all, so that a large one is not
    /// read whole.
    struct Companions { user: UserId, after: UserId, limit: i64 } -> (Uuid,);
    "SELECT DISTINCT o.user_id FROM members m CROSS JOIN LATERAL (SELECT user_id FROM members WHERE guild_id = m.guild_id \
     AND user_id > " {after as Uuid} " ORDER BY user_id LIMIT " {limit as BigInt} ") AS o WHERE m.user_id = "
    {user as Uuid} " ORDER BY o.user_id LIMIT " {limit as BigInt}
}

backbone::statement! {
    /// The guilds of some users: their version, and how many members they have.
    struct Places<'a> { users: &'a [UserId] } -> (Uuid, Uuid, BigInt, BigInt);
    "SELECT m.guild_id, m.user_id, " [fence::VERSION] ", g.member_count::bigint FROM members m \
     JOIN guilds g ON g.id = m.guild_id" [fence::JOIN] "m.guild_id WHERE m.user_id = ANY(" {users as Array<Uuid>} ")"
}

backbone::statement! {
    /// The guilds that a user joined first, and their versions, in one snapshot.
    struct Scopes { user: UserId, limit: i64 } -> (Uuid, BigInt);
    "SELECT m.guild_id, " [fence::VERSION] " FROM members m" [fence::JOIN] "m.guild_id WHERE m.user_id = " {user as Uuid}
    " ORDER BY m.joined_at, m.guild_id LIMIT " {limit as BigInt}
}

backbone::statement! {
    struct Due { now: Timestamp, limit: i64 } -> (Uuid,);
    "SELECT DISTINCT guild_id FROM (SELECT guild_id FROM members WHERE timed_out_until <= " {now as Timestamptz}
    " ORDER BY timed_out_until LIMIT " {limit as BigInt} ") AS over"
}

backbone::statement! {
    struct Since { guild: GuildId, since: Timestamp, limit: i64 } -> (BigInt,);
    "SELECT count(*) FROM (SELECT FROM members WHERE guild_id = " {guild as Uuid} " AND joined_at >= "
    {since as Timestamptz} " LIMIT " {limit as BigInt} ") AS newcomers"
}

/// Lets nobody else add memberships of the user until the transaction ends, so that they can be counted.
pub(crate) async fn lock(tx: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    let [.., a, b, c, d] = user.uuid().into_bytes();
    Lock { class: MEMBERSHIPS, key: i32::from_be_bytes([a, b, c, d]) }.execute(tx).await.map(drop)
}

/// How many guilds the user is a member of.
pub(crate) async fn joined(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    members::table.filter(members::user_id.eq(user)).select(count_star()).get_result(conn).await
}

/// Those of `others` who are in a guild with `user`.
pub(crate) async fn sharing(
    conn: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
) -> QueryResult<HashSet<UserId>> {
    let found: Vec<(UserId,)> = Sharing { user, others }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// At most `limit` of those who are in a guild with `user`, after `after`, by id; `user` is one of them.
pub(crate) async fn companions(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: UserId,
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let found: Vec<(UserId,)> = Companions { user, after, limit }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Adds those who are no members yet, counts them, and returns how many they are; `None` when there is no such guild.
pub(crate) async fn insert(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    members: &[Member],
) -> QueryResult<Option<usize>> {
    // The guild's row first, in the strength that counting needs: those who only share it, as the foreign key does,
    // let others overtake whoever waits to delete the guild.
    let row = guilds::table.find(guild).select(guilds::id).for_no_key_update();
    if row.first::<GuildId>(tx).await.optional()?.is_none() {
        return Ok(None);
    }
    let mut added = 0;
    for chunk in members.chunks(CHUNK) {
        let users = chunk.iter().map(|member| member.user_id).collect::<Vec<_>>();
        let nicknames = chunk.iter().map(|member| member.nickname.as_deref()).collect::<Vec<_>>();
        let joined_ats = chunk.iter().map(|member| member.joined_at).collect::<Vec<_>>();
        let insert = Insert { guild, users: &users, nicknames: &nicknames, joined_ats: &joined_ats };
        added += insert.execute(tx).await?;
    }
    if added > 0 {
        let by = i64::try_from(added).unwrap_or(i64::MAX);
        let counted = diesel::update(guilds::table.find(guild));
        counted.set(guilds::member_count.eq(guilds::member_count + by)).execute(tx).await?;
    }
    Ok(Some(added))
}

/// Removes a member who is not the owner, and returns the guild's name; `None`, when there is no such member: then roll
/// back.
pub(crate) async fn remove(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<Option<String>> {
    // The guild's row first: nobody becomes its owner meanwhile.
    let counted = diesel::update(guilds::table.find(guild).filter(guilds::owner_id.ne(user)))
        .set(guilds::member_count.eq(guilds::member_count - 1))
        .returning(guilds::name)
        .get_result::<String>(tx)
        .await
        .optional()?;
    let removed = diesel::delete(members::table.find((guild, user)));
    let removed =
        removed.returning(members::timed_out_until).get_result::<Option<Timestamp>>(tx).await.optional()?;
    if let Some(Some(until)) = removed {
        silences::keep(tx, guild, user, until).await?;
    }
    Ok(counted.filter(|_| removed.is_some()))
}

/// At most `limit` memberships of the user, each with the guild's name and owner.
pub(crate) async fn of_user(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(GuildId, Member, String, UserId)>> {
    members::table
        .inner_join(guilds::table)
        .filter(members::user_id.eq(user))
        .order(members::joined_at)
        .limit(limit)
        .select((guilds::id, Member::as_select(), guilds::name, guilds::owner_id))
        .load(conn)
        .await
}

/// Who beside `user` has been a member of the guild for longest.
pub(crate) async fn eldest_beside(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<Option<UserId>> {
    members::table
        .filter(members::guild_id.eq(guild))
        .filter(members::user_id.ne(user))
        .order((members::joined_at, members::user_id))
        .select(members::user_id)
        .first(conn)
        .await
        .optional()
}

/// One member.
pub(crate) async fn one(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<Option<Member>> {
    members::table.find((guild, user)).select(Member::as_select()).first(conn).await.optional()
}

/// Whether the user is a member.
pub(crate) async fn contains(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<bool> {
    diesel::select(exists(members::table.find((guild, user)))).get_result(conn).await
}

/// Those of `users` who are members.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    users: &[UserId],
) -> QueryResult<Vec<Member>> {
    let found = members::table.filter(members::guild_id.eq(guild)).filter(members::user_id.eq_any(users));
    found.order(members::user_id).select(Member::as_select()).load(conn).await
}

/// Times the member out until a moment, or not any more.
pub(crate) async fn time_out(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    until: Option<Timestamp>,
) -> QueryResult<()> {
    let row = diesel::update(members::table.find((guild, user)));
    row.set(members::timed_out_until.eq(until)).execute(tx).await.map(drop)
}

/// Guilds in which some time-out is over at `now`: of the first `limit` of those.
pub(crate) async fn due(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
    limit: i64,
) -> QueryResult<Vec<GuildId>> {
    let guilds: Vec<(GuildId,)> = Due { now, limit }.load(conn).await?;
    Ok(guilds.into_iter().map(|(guild,)| guild).collect())
}

/// Forgets the guild's time-outs that are over at `now`; whose they were.
pub(crate) async fn end_timeouts(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    now: Timestamp,
) -> QueryResult<Vec<UserId>> {
    let over = members::table.filter(members::guild_id.eq(guild)).filter(members::timed_out_until.le(now));
    let row = diesel::update(over).set(members::timed_out_until.eq(None::<Timestamp>));
    row.returning(members::user_id).load(tx).await
}

/// Gives the member another nickname, or none.
pub(crate) async fn rename(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    nickname: Option<&str>,
) -> QueryResult<()> {
    let row = diesel::update(members::table.find((guild, user)));
    row.set(members::nickname.eq(nickname)).execute(tx).await.map(drop)
}

/// The newest members, at most `limit`.
pub(crate) async fn newest(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    limit: i64,
) -> QueryResult<Vec<Member>> {
    members::table
        .filter(members::guild_id.eq(guild))
        .order((members::joined_at.desc(), members::user_id))
        .limit(limit)
        .select(Member::as_select())
        .load(conn)
        .await
}

/// How many members joined since, counted up to `limit`.
pub(crate) async fn joined_since(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    since: Timestamp,
    limit: i64,
) -> QueryResult<i64> {
    Since { guild, since, limit }.get_result::<(i64,)>(conn).await.map(|(count,)| count)
}

/// At most `limit` members after `after`, by user id.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    after: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<Member>> {
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    members::table
        .filter(members::guild_id.eq(guild))
        .filter(members::user_id.gt(after))
        .order(members::user_id)
        .limit(limit)
        .select(Member::as_select())
        .load(conn)
        .await
}

/// The guilds of `user`, at most `limit`, in the order of joining, each with its scope's version.
pub(crate) async fn scopes(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(GuildId, Version)>> {
    Scopes { user, limit }.load(conn).await
}

/// The guilds of some users, each with its version and how many members it has.
pub(crate) async fn places(
    conn: &mut AsyncPgConnection,
    users: &[UserId],
) -> QueryResult<Vec<(GuildId, UserId, Version, i64)>> {
    Places { users }.load(conn).await
}

/// At most `limit` members after `after`, by id.
pub(crate) async fn ids(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    after: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    let found = members::table.filter(members::guild_id.eq(guild)).filter(members::user_id.gt(after));
    found.order(members::user_id).limit(limit).select(members::user_id).load(conn).await
}

/// At most `count` members by id, from the `from`th on.
pub(crate) async fn stretch(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    from: i64,
    count: i64,
) -> QueryResult<Vec<UserId>> {
    let found = members::table.filter(members::guild_id.eq(guild)).order(members::user_id);
    found.offset(from).limit(count).select(members::user_id).load(conn).await
}
