//! Counting.

use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::MessageId;

use crate::schema::messages;

backbone::statement! {
    struct Written {} -> BigInt;
    "SELECT coalesce(sum(last_seq), 0)::bigint FROM timelines WHERE closed_at IS NULL"
}

/// How many messages were ever written in open timelines: the heads know, nobody counts rows.
pub(crate) async fn written(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    Written {}.get_result(conn).await
}

/// How many messages have this id or a later one.
pub(crate) async fn since(conn: &mut AsyncPgConnection, first: MessageId) -> QueryResult<i64> {
    messages::table.filter(messages::id.ge(first)).select(count_star()).get_result(conn).await
}
