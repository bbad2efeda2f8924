//! The table `blocks`.

use std::collections::HashSet;

use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper};
use diesel::sql_types::{Array, Bool, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::model::Block;
use crate::schema::blocks;

backbone::statement! {
    /// Whether one of two blocks the other.
    struct Either { one: UserId, other: UserId } -> (Bool,);
    "SELECT EXISTS (SELECT FROM blocks WHERE user_id = " {one as Uuid} " AND blocked_id = " {other as Uuid}
    ") OR EXISTS (SELECT FROM blocks WHERE user_id = " {other as Uuid} " AND blocked_id = " {one as Uuid} ")"
}

backbone::statement! {
    /// Those of some people who block one, or whom that one blocks.
    struct Between<'a> { user: UserId, others: &'a [UserId] } -> (Uuid,);
    "SELECT blocked_id FROM blocks WHERE user_id = " {user as Uuid} " AND blocked_id = ANY("
    {others as Array<Uuid>} ") UNION ALL SELECT user_id FROM blocks WHERE blocked_id = " {user as Uuid}
    " AND user_id = ANY(" {others as Array<Uuid>} ")"
}

backbone::statement! {
    /// Each of some people with each whom they block, or who blocks them.
    struct OfMany<'a> { people: &'a [UserId] } -> (Uuid, Uuid);
    "SELECT user_id, blocked_id FROM blocks WHERE user_id = ANY(" {people as Array<Uuid>}
    ") UNION ALL SELECT blocked_id, user_id FROM blocks WHERE blocked_id = ANY(" {people as Array<Uuid>} ")"
}

/// Each of some people with each whom they block, or who blocks them.
pub(crate) async fn of_many(
    conn: &mut AsyncPgConnection,
    people: &[UserId],
) -> QueryResult<Vec<(UserId, UserId)>> {
    OfMany { people }.load(conn).await
}

/// Adds a block; whether there was none.
pub(crate) async fn insert(
    tx: &mut AsyncPgConnection,
    user: UserId,
    blocked: UserId,
    now: Timestamp,
) -> QueryResult<bool> {
    let row = (blocks::user_id.eq(user), blocks::blocked_id.eq(blocked), blocks::created_at.eq(now));
    let insert = diesel::insert_into(blocks::table).values(row).on_conflict_do_nothing();
    insert.execute(tx).await.map(|rows| rows == 1)
}

/// Removes a block; whether there was one.
pub(crate) async fn delete(tx: &mut AsyncPgConnection, user: UserId, blocked: UserId) -> QueryResult<bool> {
    diesel::delete(blocks::table.find((user, blocked))).execute(tx).await.map(|rows| rows == 1)
}

/// How many they block.
pub(crate) async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    blocks::table.filter(blocks::user_id.eq(user)).select(count_star()).get_result(conn).await
}

/// At most `limit` of those whom they block after `after`, by user id.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<Block>> {
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    blocks::table
        .filter(blocks::user_id.eq(user))
        .filter(blocks::blocked_id.gt(after))
        .order(blocks::blocked_id)
        .limit(limit)
        .select(Block::as_select())
        .load(conn)
        .await
}

/// Whether one of the two blocks the other.
pub(crate) async fn either(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<bool> {
    Either { one, other }.get_result::<(bool,)>(conn).await.map(|(blocked,)| blocked)
}

/// Those of `others` who block `user`, or whom `user` blocks.
pub(crate) async fn between(
    conn: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
) -> QueryResult<HashSet<UserId>> {
    let found: Vec<(UserId,)> = Between { user, others }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Removes the blocks of somebody who is gone, and those of others against them.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    let theirs = blocks::table.filter(blocks::user_id.eq(user).or(blocks::blocked_id.eq(user)));
    diesel::delete(theirs).execute(conn).await.map(drop)
}
