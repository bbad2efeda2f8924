//! The table `purges`.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable};
use diesel::sql_types::{Array, BigInt, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, Seq, Timestamp, UserId};
use uuid::Uuid;

use crate::schema::purges;

/// Messages of somebody that are to be deleted.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = purges)]
pub(crate) struct NewPurge {
    pub(crate) id: Uuid,
    pub(crate) guild_id: GuildId,
    pub(crate) user_id: UserId,
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) channels: Vec<ChannelId>,
}

/// What is left to be deleted.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct Purge {
    pub(crate) id: Uuid,
    pub(crate) guild_id: GuildId,
    pub(crate) user_id: UserId,
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) before_seq: Option<Seq>,
}

backbone::statement! {
    // Whoever comes first has it as long as the transaction lasts.
    struct Next { } -> (SqlUuid, SqlUuid, SqlUuid, Timestamptz, Timestamptz, Array<SqlUuid>, Nullable<BigInt>);
    "SELECT id, guild_id, user_id, since, until, channels, before_seq FROM purges ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, purge: &NewPurge) -> QueryResult<()> {
    diesel::insert_into(purges::table).values(purge).execute(tx).await.map(drop)
}

/// The oldest that nobody works at.
pub(crate) async fn next(tx: &mut AsyncPgConnection) -> QueryResult<Option<Purge>> {
    Next {}.get_result(tx).await.optional()
}

/// Writes down how far it is; it is done when there is no channel left.
pub(crate) async fn advance(
    tx: &mut AsyncPgConnection,
    id: Uuid,
    channels: &[ChannelId],
    before: Option<Seq>,
) -> QueryResult<()> {
    if channels.is_empty() {
        return diesel::delete(purges::table.find(id)).execute(tx).await.map(drop);
    }
    let row = diesel::update(purges::table.find(id));
    row.set((purges::channels.eq(channels), purges::before_seq.eq(before))).execute(tx).await.map(drop)
}
