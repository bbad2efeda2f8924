//! The table `silences`: time-outs of those who left, so that nobody sheds one by coming back.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Timestamp, UserId};

use crate::schema::silences;

backbone::statement! {
    struct Over { now: Timestamp, limit: i64 } -> BigInt;
    "DELETE FROM silences WHERE (guild_id, user_id) IN (SELECT guild_id, user_id FROM silences WHERE until <= "
    {now as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED)"
}

/// Remembers until when somebody who left is timed out.
pub(crate) async fn keep(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    until: Timestamp,
) -> QueryResult<()> {
    let row = (silences::guild_id.eq(guild), silences::user_id.eq(user), silences::until.eq(until));
    let kept = diesel::insert_into(silences::table).values(row);
    let kept = kept.on_conflict((silences::guild_id, silences::user_id)).do_update();
    kept.set(silences::until.eq(until)).execute(tx).await.map(drop)
}

/// Until when somebody who comes back is timed out still. It is forgotten here.
pub(crate) async fn take(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Option<Timestamp>> {
    let row = diesel::delete(silences::table.find((guild, user)));
    let until = row.returning(silences::until).get_result::<Timestamp>(tx).await.optional()?;
    Ok(until.filter(|until| *until > now))
}

/// Forgets up to `limit` that are over.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, now: Timestamp, limit: i64) -> QueryResult<usize> {
    Over { now, limit }.execute(conn).await
}

/// Forgets all time-outs of an account that is gone.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(silences::table.filter(silences::user_id.eq(user))).execute(conn).await.map(drop)
}
