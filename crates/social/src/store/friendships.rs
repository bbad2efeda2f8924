//! The table `friendships`: two rows for each, which are written and removed together.

use std::collections::HashSet;

use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::model::Friend;
use crate::schema::friendships;

pub(crate) async fn insert(
    tx: &mut AsyncPgConnection,
    (one, other): (UserId, UserId),
    now: Timestamp,
) -> QueryResult<()> {
    let side = |user: UserId, friend: UserId| {
        (friendships::user_id.eq(user), friendships::friend_id.eq(friend), friendships::created_at.eq(now))
    };
    let rows = [side(one, other), side(other, one)];
    diesel::insert_into(friendships::table).values(&rows).execute(tx).await.map(drop)
}

/// Ends a friendship; whether there was one.
pub(crate) async fn delete(tx: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<bool> {
    let side =
        |user: UserId, friend: UserId| friendships::user_id.eq(user).and(friendships::friend_id.eq(friend));
    let rows = friendships::table.filter(side(one, other).or(side(other, one)));
    diesel::delete(rows).execute(tx).await.map(|rows| rows > 0)
}

/// How many friends they have.
pub(crate) async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    friendships::table.filter(friendships::user_id.eq(user)).select(count_star()).get_result(conn).await
}

/// At most `limit` friends after `after`, by user id.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<Friend>> {
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    friendships::table
        .filter(friendships::user_id.eq(user))
        .filter(friendships::friend_id.gt(after))
        .order(friendships::friend_id)
        .limit(limit)
        .select(Friend::as_select())
        .load(conn)
        .await
}

/// Their friends.
pub(crate) async fn of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<UserId>> {
    let mine = friendships::table.filter(friendships::user_id.eq(user));
    mine.select(friendships::friend_id).load(conn).await
}

/// Those of `others` who are their friends.
pub(crate) async fn among(
    conn: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
) -> QueryResult<HashSet<UserId>> {
    let found = friendships::table
        .filter(friendships::user_id.eq(user))
        .filter(friendships::friend_id.eq_any(others))
        .select(friendships::friend_id)
        .load(conn);
    Ok(found.await?.into_iter().collect())
}

/// Each of some people with each of their friends.
pub(crate) async fn of_many(
    conn: &mut AsyncPgConnection,
    people: &[UserId],
) -> QueryResult<Vec<(UserId, UserId)>> {
    let theirs = friendships::table.filter(friendships::user_id.eq_any(people));
    theirs.select((friendships::user_id, friendships::friend_id)).load(conn).await
}
