//! Public guilds, in the order of the index `guilds_public`.

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::GuildId;

use crate::model::Guild;

type Columns = (Uuid, Text, Nullable<Text>, Uuid, BigInt, Timestamptz, Bool, Bool, Nullable<Text>);

backbone::statement! {
    // Behind where the last one stands now: it may have moved since.
    struct Public<'a> { query: Option<&'a str>, after: Option<GuildId>, limit: i64 } -> Columns;
    "SELECT id, name, description, owner_id, member_count, created_at, is_public, system_messages, icon FROM guilds g \
     WHERE is_public AND (" {query as Nullable<Text>} " IS NULL OR strpos(lower(name), " {query as Nullable<Text>} ") > 0) AND ("
    {after as Nullable<Uuid>} " IS NULL OR EXISTS (SELECT FROM guilds l WHERE l.id = " {after as Nullable<Uuid>}
    " AND (g.member_count < l.member_count OR (g.member_count = l.member_count AND g.id > l.id)))) \
     ORDER BY member_count DESC, id LIMIT " {limit as BigInt}
}

/// At most `limit` public guilds behind `after`.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    query: Option<&str>,
    after: Option<GuildId>,
    limit: i64,
) -> QueryResult<Vec<Guild>> {
    Public { query, after, limit }.load(conn).await
}
