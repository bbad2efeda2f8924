//! Where members stand: what access is computed from, each time in one statement.

use diesel::QueryResult;
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, UserId};

use crate::ChannelKind;
use crate::model::Standing;

type Columns = (Uuid, Uuid, Uuid, BigInt);

/// A member before a channel of their guild.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct Door {
    pub(crate) channel: ChannelId,
    pub(crate) kind: ChannelKind,
    pub(crate) standing: Standing,
}

macro_rules! standings {
    ($(#[$meta:meta])* $name:ident $(<$life:lifetime>)? { $($field:ident : $type:ty),* } $($piece:tt)+) => {
        backbone::statement! {
            $(#[$meta])*
            struct $name $(<$life>)? { $($field: $type),* } -> Columns;
            "SELECT m.guild_id, m.user_id, g.owner_id, r.permissions FROM members m JOIN guilds g ON g.id = m.guild_id \
             JOIN roles r ON r.guild_id = m.guild_id AND r.position = 0 WHERE "
            $($piece)+
        }
    };
}

standings! {
    /// A user, in the guilds that they joined first.
    Everywhere { user: UserId, limit: i64 }
    "m.user_id = " {user as Uuid} " ORDER BY m.joined_at, m.guild_id LIMIT " {limit as BigInt}
}

standings! {
    /// Those of some users who are members of some guilds.
    Among<'a> { guilds: &'a [GuildId], users: &'a [UserId] }
    "m.guild_id = ANY(" {guilds as Array<Uuid>} ") AND m.user_id = ANY(" {users as Array<Uuid>} ")"
}

backbone::statement! {
    /// A user, before those of some channels whose guilds they are a member of.
    struct AtChannels<'a> { user: UserId, channels: &'a [ChannelId] } -> (Uuid, Text, Columns);
    "SELECT c.id, c.kind, m.guild_id, m.user_id, g.owner_id, r.permissions FROM channels c \
     JOIN members m ON m.guild_id = c.guild_id AND m.user_id = " {user as Uuid}
    " JOIN guilds g ON g.id = c.guild_id JOIN roles r ON r.guild_id = c.guild_id AND r.position = 0 \
     WHERE c.id = ANY(" {channels as Array<Uuid>} ")"
}

/// Where the user stands in their guilds, at most `limit`, in the order of joining.
pub(crate) async fn everywhere(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<Standing>> {
    Everywhere { user, limit }.load(conn).await
}

/// Where those of `users` stand who are members of `guilds`.
pub(crate) async fn among(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
    users: &[UserId],
) -> QueryResult<Vec<Standing>> {
    Among { guilds, users }.load(conn).await
}

/// Where the user stands in the guild; `None` when they are no member.
pub(crate) async fn one(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<Option<Standing>> {
    among(conn, &[guild], &[user]).await.map(|mut standings| standings.pop())
}

/// Where the user stands before those of `channels` that are of their guilds.
pub(crate) async fn at_channels(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channels: &[ChannelId],
) -> QueryResult<Vec<Door>> {
    AtChannels { user, channels }.load(conn).await
}
