//! Where members stand: what access is computed from, each time in one statement, so in one snapshot. Lists stand behind
//! `SELECT`, that PostgreSQL keeps a plan (see `backbone::db::any_of`).

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, Permissions, RoleId, Silence, Timestamp, UserId, Version};
use messaging::fence;

use crate::ChannelKind;
use crate::permissions::{Held, Membership, Overwrite};

/// Guild, user, owner, until when they are timed out; the ids, positions and permissions of their roles.
type Columns = (Uuid, Uuid, Uuid, Nullable<Timestamptz>, Array<Uuid>, Array<Integer>, Array<BigInt>);
type Row = (GuildId, UserId, UserId, Option<Timestamp>, Vec<RoleId>, Vec<i32>, Vec<i64>);

/// What [`Columns`] are made of, over `members m` and `guilds g`.
const SELECT: &str = "m.guild_id, m.user_id, g.owner_id, CASE WHEN m.timed_out_until > moment.now THEN m.timed_out_until END, r.ids, r.positions, r.permissions";
/// Everything beside `members m` and `moment`: the guild, and the member's roles with `@everyone`.
const JOINS: &str = " JOIN guilds g ON g.id = m.guild_id CROSS JOIN LATERAL (\
     SELECT array_agg(held.id) AS ids, array_agg(held.position) AS positions, array_agg(held.permissions) AS permissions \
     FROM (SELECT id, position, permissions FROM roles WHERE guild_id = m.guild_id AND position = 0 \
     UNION ALL SELECT roles.id, roles.position, roles.permissions FROM member_roles mr \
     JOIN roles ON roles.id = mr.role_id WHERE mr.guild_id = m.guild_id AND mr.user_id = m.user_id) AS held) AS r";

/// What is allowed and denied in a channel, to those of whom the rest says.
const OVERWRITES: &str = "SELECT COALESCE(array_agg(target_id), '{}') AS targets, \
     COALESCE(array_agg(allow), '{}') AS allows, COALESCE(array_agg(deny), '{}') AS denies FROM overwrites WHERE ";

/// A member before a channel of their guild, at a version of its scope.
#[derive(Clone, Debug)]
pub(crate) struct MemberAtChannel {
    pub(crate) channel: ChannelId,
    pub(crate) kind: ChannelKind,
    pub(crate) version: Version,
    pub(crate) membership: Membership,
    pub(crate) overwrites: Vec<Overwrite>,
}

impl MemberAtChannel {
    /// What they may do there.
    pub(crate) fn permissions(&self) -> Permissions {
        self.membership.in_channel(&self.overwrites, self.kind)
    }

    /// What their time-out keeps from them there.
    pub(crate) fn silence(&self) -> Option<Silence> {
        self.membership.silence(|membership| membership.in_channel(&self.overwrites, self.kind))
    }
}

backbone::statement! {
    /// A user, in the guilds that they joined first.
    struct Everywhere { user: UserId, now: Timestamp, limit: i64 } -> Columns;
    "SELECT " [SELECT] " FROM (SELECT " {now as Timestamptz} "::timestamptz AS now) AS moment, members m" [JOINS]
    " WHERE m.user_id = " {user as Uuid} " ORDER BY m.joined_at, m.guild_id LIMIT " {limit as BigInt}
}

backbone::statement! {
    /// Those of some users who are members of some guilds.
    struct Among<'a> { guilds: &'a [GuildId], users: &'a [UserId], now: Timestamp } -> Columns;
    "SELECT " [SELECT] " FROM (SELECT " {now as Timestamptz} "::timestamptz AS now) AS moment, members m" [JOINS]
    " WHERE m.guild_id = ANY((SELECT " {guilds as Array<Uuid>} ")::uuid[]) AND m.user_id = ANY((SELECT " {users as Array<Uuid>} ")::uuid[])"
}

backbone::statement! {
    /// A user, before those of some channels whose guilds they are a member of; the roles once a guild.
    struct AtChannels<'a> { user: UserId, channels: &'a [ChannelId], now: Timestamp }
        -> (Uuid, Text, BigInt, Columns, Array<Uuid>, Array<BigInt>, Array<BigInt>);
    "WITH place AS MATERIALIZED (SELECT id, kind, guild_id FROM channels WHERE id = ANY((SELECT " {channels as Array<Uuid>} ")::uuid[])), \
     mine (version, guild_id, user_id, owner_id, timed_out, ids, positions, permissions) AS MATERIALIZED (SELECT "
    [fence::VERSION] ", " [SELECT] " FROM (SELECT " {now as Timestamptz} "::timestamptz AS now) AS moment, \
     (SELECT DISTINCT guild_id FROM place) AS p JOIN members m ON m.guild_id = p.guild_id AND m.user_id = " {user as Uuid}
    [fence::JOIN] "m.guild_id" [JOINS] ") \
     SELECT c.id, c.kind, mine.version, mine.guild_id, mine.user_id, mine.owner_id, mine.timed_out, mine.ids, mine.positions, \
     mine.permissions, o.targets, o.allows, o.denies FROM place c JOIN mine ON mine.guild_id = c.guild_id \
     CROSS JOIN LATERAL (" [OVERWRITES] "channel_id = c.id AND target_id = ANY(mine.ids || mine.user_id)) AS o"
}

backbone::statement! {
    /// Those of some users who are members of a channel's guild, before the channel.
    struct OfChannel<'a> { channel: ChannelId, users: &'a [UserId], now: Timestamp }
        -> (Uuid, Text, BigInt, Columns, Array<Uuid>, Array<BigInt>, Array<BigInt>);
    "SELECT c.id, c.kind, " [fence::VERSION] ", " [SELECT] ", o.targets, o.allows, o.denies \
     FROM (SELECT " {now as Timestamptz} "::timestamptz AS now) AS moment, channels c \
     JOIN members m ON m.guild_id = c.guild_id AND m.user_id = ANY((SELECT " {users as Array<Uuid>} ")::uuid[])"
    [fence::JOIN] "c.guild_id" [JOINS] " CROSS JOIN LATERAL (" [OVERWRITES] "channel_id = c.id AND target_id = ANY(r.ids || m.user_id)) AS o \
     WHERE c.id = " {channel as Uuid}
}

impl Queryable<Columns, Pg> for Membership {
    type Row = Row;

    fn build(row: Row) -> diesel::deserialize::Result<Self> {
        let (guild, user, owner, timed_out, ids, positions, permissions) = row;
        let roles = ids.into_iter().zip(positions).zip(permissions);
        let roles = roles.map(|((id, position), bits)| Held {
            id,
            position,
            permissions: Permissions::from_bits_truncate(bits),
        });
        Ok(Self { guild, user, owner, timed_out, roles: roles.collect() })
    }
}

#[derive(Debug, Queryable)]
struct AtChannelRow {
    channel: ChannelId,
    kind: ChannelKind,
    version: Version,
    membership: Membership,
    targets: Vec<uuid::Uuid>,
    allows: Vec<i64>,
    denies: Vec<i64>,
}

impl From<AtChannelRow> for MemberAtChannel {
    fn from(row: AtChannelRow) -> Self {
        let bits = Permissions::from_bits_truncate;
        let overwrites = row.targets.into_iter().zip(row.allows).zip(row.denies);
        let overwrites = overwrites.map(|((target, allow), deny)| Overwrite {
            target,
            allow: bits(allow),
            deny: bits(deny),
        });
        Self {
            channel: row.channel,
            kind: row.kind,
            version: row.version,
            membership: row.membership,
            overwrites: overwrites.collect(),
        }
    }
}

/// Where the user stands in their guilds, at most `limit`, in the order of joining.
pub(crate) async fn everywhere(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
    now: Timestamp,
) -> QueryResult<Vec<Membership>> {
    Everywhere { user, now, limit }.load(conn).await
}

/// Where those of `users` stand who are members of `guilds`.
pub(crate) async fn among(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
    users: &[UserId],
    now: Timestamp,
) -> QueryResult<Vec<Membership>> {
    Among { guilds, users, now }.load(conn).await
}

/// Where the user stands in the guild; `None` when they are no member.
pub(crate) async fn one(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Option<Membership>> {
    among(conn, &[guild], &[user], now).await.map(|mut memberships| memberships.pop())
}

/// Where the user stands before those of `channels` that are of their guilds.
pub(crate) async fn at_channels(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channels: &[ChannelId],
    now: Timestamp,
) -> QueryResult<Vec<MemberAtChannel>> {
    let rows: Vec<AtChannelRow> = AtChannels { user, channels, now }.load(conn).await?;
    Ok(rows.into_iter().map(MemberAtChannel::from).collect())
}

/// Where the user stands before the channel; `None` when it is not of their guilds.
pub(crate) async fn at_channel(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    now: Timestamp,
) -> QueryResult<Option<MemberAtChannel>> {
    at_channels(conn, user, &[channel], now).await.map(|mut members| members.pop())
}

/// Where those of `users` stand before the channel who are members of its guild.
pub(crate) async fn of_channel(
    conn: &mut AsyncPgConnection,
    channel: ChannelId,
    users: &[UserId],
    now: Timestamp,
) -> QueryResult<Vec<MemberAtChannel>> {
    let rows: Vec<AtChannelRow> = OfChannel { channel, users, now }.load(conn).await?;
    Ok(rows.into_iter().map(MemberAtChannel::from).collect())
}
