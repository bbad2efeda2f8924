//! The table `friend_requests`.

use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel::sql_types::{BigInt, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{FriendRequestId, UserId};

use crate::model::{Direction, Request};
use crate::schema::friend_requests;

backbone::statement! {
    /// Those of both ways, the newest first: each from its own index, as far as the page needs.
    struct Both { user: UserId, before: FriendRequestId, limit: i64 } -> (Uuid, Uuid, Uuid, Timestamptz);
    "SELECT id, sender_id, receiver_id, created_at FROM (\
       (SELECT * FROM friend_requests WHERE sender_id = " {user as Uuid} " AND id < " {before as Uuid}
    " ORDER BY id DESC LIMIT " {limit as BigInt} ") UNION ALL \
       (SELECT * FROM friend_requests WHERE receiver_id = " {user as Uuid} " AND id < " {before as Uuid}
    " ORDER BY id DESC LIMIT " {limit as BigInt} ")) AS both_ways ORDER BY id DESC LIMIT " {limit as BigInt}
}

pub(crate) async fn insert(tx: &mut AsyncPgConnection, request: &Request) -> QueryResult<()> {
    diesel::insert_into(friend_requests::table).values(request).execute(tx).await.map(drop)
}

pub(crate) async fn delete(tx: &mut AsyncPgConnection, id: FriendRequestId) -> QueryResult<()> {
    diesel::delete(friend_requests::table.find(id)).execute(tx).await.map(drop)
}

pub(crate) async fn find(conn: &mut AsyncPgConnection, id: FriendRequestId) -> QueryResult<Option<Request>> {
    friend_requests::table.find(id).select(Request::as_select()).first(conn).await.optional()
}

/// The request between two people, whoever asked.
pub(crate) async fn between(
    conn: &mut AsyncPgConnection,
    one: UserId,
    other: UserId,
) -> QueryResult<Option<Request>> {
    let way = |from: UserId, to: UserId| {
        friend_requests::sender_id.eq(from).and(friend_requests::receiver_id.eq(to))
    };
    let found = friend_requests::table.filter(way(one, other).or(way(other, one)));
    found.select(Request::as_select()).first(conn).await.optional()
}

/// How many they sent that wait for an answer.
pub(crate) async fn sent(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    let found = friend_requests::table.filter(friend_requests::sender_id.eq(user));
    found.select(count_star()).get_result(conn).await
}

/// How many wait for their answer.
pub(crate) async fn received(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    let found = friend_requests::table.filter(friend_requests::receiver_id.eq(user));
    found.select(count_star()).get_result(conn).await
}

/// At most `limit` requests of one way or both, the newest first.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    user: UserId,
    way: Option<Direction>,
    before: Option<FriendRequestId>,
    limit: i64,
) -> QueryResult<Vec<Request>> {
    let before = before.unwrap_or(FriendRequestId::from_uuid(uuid::Uuid::max()));
    let mut found = match way {
        None => return Both { user, before, limit }.load(conn).await,
        Some(Direction::Outgoing) => {
            friend_requests::table.filter(friend_requests::sender_id.eq(user)).into_boxed()
        }
        Some(Direction::Incoming) => {
            friend_requests::table.filter(friend_requests::receiver_id.eq(user)).into_boxed()
        }
    };
    found = found.filter(friend_requests::id.lt(before)).order(friend_requests::id.desc()).limit(limit);
    found.select(Request::as_select()).load(conn).await
}
