//! The table `channels`.

use backbone::db::any_of;
use diesel::QueryResult;
use diesel::dsl::{count_star, max};
use diesel::prelude::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel::sql_types::{Array, BigInt, Uuid};
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
    pub(crate) parent_id: Option<ChannelId>,
    pub(crate) user_limit: Option<i32>,
    pub(crate) position: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What changes of a channel: nothing, where it says nothing.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = channels)]
pub(crate) struct ChannelChange<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) topic: Option<Option<&'a str>>,
    pub(crate) kind: Option<ChannelKind>,
    pub(crate) parent_id: Option<Option<ChannelId>>,
    pub(crate) user_limit: Option<Option<i32>>,
    pub(crate) updated_at: Timestamp,
}

backbone::statement! {
    /// Lets channels take each other's places, in the order given.
    struct Arrange<'a> { ids: &'a [ChannelId] } -> BigInt;
    "UPDATE channels AS c SET position = place.position FROM \
     (SELECT id, row_number() OVER (ORDER BY number) AS nth FROM unnest(" {ids as Array<Uuid>}
    ") WITH ORDINALITY AS o (id, number)) AS wanted \
     JOIN (SELECT position, row_number() OVER (ORDER BY position) AS nth FROM channels WHERE id = ANY(" {ids as Array<Uuid>}
    ")) AS place ON place.nth = wanted.nth WHERE c.id = wanted.id"
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, channel: &NewChannel<'_>) -> QueryResult<Channel> {
    let row = diesel::insert_into(channels::table).values(channel);
    row.returning(Channel::as_returning()).get_result(tx).await
}

/// The channel of `id`.
pub(crate) async fn by_id(conn: &mut AsyncPgConnection, id: ChannelId) -> QueryResult<Option<Channel>> {
    channels::table.find(id).select(Channel::as_select()).first(conn).await.optional()
}

/// Those of `ids` that exist.
pub(crate) async fn by_ids(conn: &mut AsyncPgConnection, ids: &[ChannelId]) -> QueryResult<Vec<Channel>> {
    channels::table.filter(channels::id.eq_any(ids)).select(Channel::as_select()).load(conn).await
}

/// The channels of `guilds`, by guild and position.
pub(crate) async fn of(conn: &mut AsyncPgConnection, guilds: &[GuildId]) -> QueryResult<Vec<Channel>> {
    let found = channels::table.filter(any_of(channels::guild_id, guilds));
    found.order((channels::guild_id, channels::position)).select(Channel::as_select()).load(conn).await
}

/// Those of the guild's channels that have timelines.
pub(crate) async fn written(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Vec<ChannelId>> {
    let of_guild = channels::table.filter(channels::guild_id.eq(guild));
    of_guild.filter(channels::kind.eq_any(ChannelKind::WRITTEN)).select(channels::id).load(conn).await
}

/// Changes a channel, but for its position.
pub(crate) async fn change(
    tx: &mut AsyncPgConnection,
    id: ChannelId,
    change: &ChannelChange<'_>,
) -> QueryResult<Channel> {
    let row = diesel::update(channels::table.find(id)).set(change);
    row.returning(Channel::as_returning()).get_result(tx).await
}

/// Lets channels take each other's places, in the order given; while the guild's row is locked.
pub(crate) async fn arrange(tx: &mut AsyncPgConnection, order: &[ChannelId]) -> QueryResult<()> {
    Arrange { ids: order }.execute(tx).await.map(drop)
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
