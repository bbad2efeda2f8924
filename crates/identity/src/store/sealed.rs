//! Sealed values, whatever their column. The statements are put together from the names in `vault::columns` alone.

use diesel::QueryResult;
use diesel::prelude::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Binary, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::vault::Column;

/// A sealed value of a row.
#[derive(QueryableByName)]
pub(crate) struct Value {
    #[diesel(sql_type = SqlUuid)]
    pub(crate) id: Uuid,
    #[diesel(sql_type = Binary)]
    pub(crate) sealed: Vec<u8>,
}

/// New values, for rows whose value is still the old one.
#[derive(Default)]
pub(crate) struct Replacement {
    pub(crate) rows: Vec<Uuid>,
    pub(crate) old: Vec<Vec<u8>>,
    pub(crate) new: Vec<Vec<u8>>,
    /// For columns that have them.
    pub(crate) digests: Vec<Vec<u8>>,
}

/// How many values a key sealed.
#[derive(QueryableByName)]
pub(crate) struct Uses {
    #[diesel(sql_type = Text)]
    pub(crate) key_id: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) count: i64,
}

/// Values behind the row `after` that do not begin with `head`, in the order of their rows.
pub(crate) async fn stale(
    conn: &mut AsyncPgConnection,
    column: &Column,
    head: &[u8],
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<Value>> {
    let Column { table, row, name, .. } = column;
    let text = format!(
        "SELECT {row} AS id, {name} AS sealed FROM {table}
         WHERE {row} > $1 AND substring({name} FROM 1 FOR length($2)) <> $2 ORDER BY {row} LIMIT $3"
    );
    let query = sql_query(text).bind::<SqlUuid, _>(after).bind::<Binary, _>(head).bind::<BigInt, _>(limit);
    query.load(conn).await
}

/// Exchanges values; returns how many were still the old ones.
pub(crate) async fn exchange(
    conn: &mut AsyncPgConnection,
    column: &Column,
    values: &Replacement,
) -> QueryResult<usize> {
    let Column { table, row, name, digest } = column;
    let digest = digest.map_or_else(String::new, |(name, _)| format!(", {name} = value.digest"));
    let text = format!(
        "UPDATE {table} AS t SET {name} = value.new{digest}
         FROM unnest($1, $2, $3, $4) AS value (row, old, new, digest)
         WHERE t.{row} = value.row AND t.{name} = value.old"
    );
    let query = sql_query(text)
        .bind::<Array<SqlUuid>, _>(&values.rows)
        .bind::<Array<Binary>, _>(&values.old)
        .bind::<Array<Binary>, _>(&values.new)
        .bind::<Array<Binary>, _>(&values.digests);
    query.execute(conn).await
}

/// How many values each key sealed; what is none of ours counts under an empty id.
pub(crate) async fn uses(conn: &mut AsyncPgConnection, column: &Column) -> QueryResult<Vec<Uses>> {
    let Column { table, name, .. } = column;
    // As `vault::sealed` puts values together: a version, the length of the id, the id.
    let text = format!(
        "SELECT key_id, count(*) AS count FROM (
            SELECT CASE WHEN length({name}) > 2 THEN
                encode(substring({name} FROM 3 FOR get_byte({name}, 1)), 'escape') ELSE '' END AS key_id
            FROM {table} WHERE {name} IS NOT NULL
         ) AS value GROUP BY key_id ORDER BY key_id"
    );
    sql_query(text).load(conn).await
}
