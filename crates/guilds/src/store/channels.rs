//! The table `channels`.

use diesel::QueryResult;
use diesel::dsl::{count_star, max};
use diesel::prelude::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, Timestamp};

use crate::ChannelKind;
use crate::model::Channel;
use crate::schema::channels;

#[derive(Debug, Insertable)]
#[diesel(table_name = channels)]
pub(crate) struct NewChannel<'a> {
    pub(crate) id: ChannelId,
    pub(crate) guild_id: GuildId,
    pub(crate) kind: ChannelKind,
    pub(crate) name: &'a str,
    pub(crate) topic: Option<&'a str>,
    pub(crate) position: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A channel where messages are written.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct Written {
    pub(crate) id: ChannelId,
    pub(crate) guild: GuildId,
    pub(crate) kind: ChannelKind,
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, channel: &NewChannel<'_>) -> QueryResult<Channel> {
    let row = diesel::insert_into(channels::table).values(channel);
    row.returning(Channel::as_returning()).get_result(tx).await
}

/// The guilds of those of `ids` that exist.
pub(crate) async fn guilds_of(conn: &mut AsyncPgConnection, ids: &[ChannelId]) -> QueryResult<Vec<GuildId>> {
    let found = channels::table.filter(channels::id.eq_any(ids));
    found.select(channels::guild_id).distinct().load(conn).await
}

/// The channel of `id`.
pub(crate) async fn by_id(conn: &mut AsyncPgConnection, id: ChannelId) -> QueryResult<Option<Channel>> {
    channels::table.find(id).select(Channel::as_select()).first(conn).await.optional()
}

/// The channels of `guilds`, by guild and position.
pub(crate) async fn of(conn: &mut AsyncPgConnection, guilds: &[GuildId]) -> QueryResult<Vec<Channel>> {
    let found = channels::table.filter(channels::guild_id.eq_any(guilds));
    found.order((channels::guild_id, channels::position)).select(Channel::as_select()).load(conn).await
}

/// The channels of `guilds` that have timelines, by guild and position.
pub(crate) async fn written(conn: &mut AsyncPgConnection, guilds: &[GuildId]) -> QueryResult<Vec<Written>> {
    channels::table
        .filter(channels::guild_id.eq_any(guilds))
        .filter(channels::kind.eq_any(ChannelKind::WRITTEN))
        .order((channels::guild_id, channels::position))
        .select((channels::id, channels::guild_id, channels::kind))
        .load(conn)
        .await
}

/// How many channels the guild has, and the position of the next one. True while the guild's row is locked.
pub(crate) async fn next(tx: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<(i64, i32)> {
    let of_guild = channels::table.filter(channels::guild_id.eq(guild));
    let (count, last): (i64, Option<i32>) =
        of_guild.select((count_star(), max(channels::position))).get_result(tx).await?;
    Ok((count, last.map_or(0, |last| last.saturating_add(1))))
}

/// Deletes the channel and moves those behind it up. Whether there was one.
pub(crate) async fn remove(tx: &mut AsyncPgConnection, id: ChannelId) -> QueryResult<bool> {
    let removed: Option<(GuildId, i32)> = diesel::delete(channels::table.find(id))
        .returning((channels::guild_id, channels::position))
        .get_result(tx)
        .await
        .optional()?;
    let Some((guild, position)) = removed else { return Ok(false) };
    let behind = channels::table.filter(channels::guild_id.eq(guild)).filter(channels::position.gt(position));
    diesel::update(behind).set(channels::position.eq(channels::position - 1)).execute(tx).await?;
    Ok(true)
}

/// How many channels there are in all guilds.
pub(crate) async fn count_all(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    channels::table.select(count_star()).get_result(conn).await
}
