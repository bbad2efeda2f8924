//! Finding people by their names. Every statement reads a bounded number of rows of an index, in its order, however many
//! people have such a name.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, BigInt, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::UserId;

use crate::schema::users;

backbone::statement! {
    /// Those whose username or name begins with a text: first the username itself, then usernames, then names, each in
    /// their order. The operators compare bytes, as the indexes do.
    struct Beginning<'a> { text: &'a str, end: &'a str, hidden: &'a [UserId], limit: i64, } -> (Uuid,);
    "SELECT id FROM (SELECT id, min(rank) AS rank, min(key) AS key FROM (\
       (SELECT id, CASE WHEN lower(username) = " {text as Text} " THEN 0 ELSE 1 END AS rank, lower(username) AS key FROM users \
        WHERE suspended_at IS NULL AND deleted_at IS NULL AND lower(username) ~>=~ " {text as Text}
    " AND lower(username) ~<~ " {end as Text} " AND id <> ALL(" {hidden as Array<Uuid>}
    ") ORDER BY lower(username) USING ~<~ LIMIT " {limit as BigInt}
    ") UNION ALL (SELECT id, 2, lower(name) FROM users \
        WHERE suspended_at IS NULL AND deleted_at IS NULL AND lower(name) ~>=~ " {text as Text}
    " AND lower(name) ~<~ " {end as Text} " AND id <> ALL(" {hidden as Array<Uuid>}
    ") ORDER BY lower(name) USING ~<~ LIMIT " {limit as BigInt}
    ")) AS found GROUP BY id) AS people ORDER BY rank, key COLLATE \"C\", id LIMIT " {limit as BigInt}
}

backbone::statement! {
    /// Those of whose names a part is like a text, the most alike first. Of very many only some are compared. A text that
    /// has no letters for PostgreSQL is like nothing: the index would be read from end to end.
    struct Alike<'a> { text: &'a str, hidden: &'a [UserId], compared: i64, limit: i64, } -> (Uuid,);
    "SELECT id FROM (SELECT id, word_similarity(" {text as Text} ", username || ' ' || name) AS alike FROM users \
        WHERE suspended_at IS NULL AND deleted_at IS NULL AND " {text as Text} " <% (username || ' ' || name) \
        AND show_trgm(" {text as Text} ") <> '{}' AND id <> ALL(" {hidden as Array<Uuid>} ") LIMIT " {compared as BigInt}
    ") AS near ORDER BY alike DESC, id LIMIT " {limit as BigInt}
}

/// At most `limit` people whose username or name begins with `text`, but for those of `hidden`. `end` comes behind all
/// that begin with it.
pub(crate) async fn beginning(
    conn: &mut AsyncPgConnection,
    (text, end): (&str, &str),
    hidden: &[UserId],
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let found: Vec<(UserId,)> = Beginning { text, end, hidden, limit }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// At most `limit` people of whose names a part is like `text`, but for those of `hidden`; found among `compared`.
pub(crate) async fn alike(
    conn: &mut AsyncPgConnection,
    text: &str,
    hidden: &[UserId],
    (compared, limit): (i64, i64),
) -> QueryResult<Vec<UserId>> {
    let found: Vec<(UserId,)> = Alike { text, hidden, compared, limit }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Who has exactly this address, and can be found by it.
pub(crate) async fn by_email(
    conn: &mut AsyncPgConnection,
    key: &str,
    hidden: &[UserId],
) -> QueryResult<Option<UserId>> {
    users::table
        .filter(users::email_key.eq(key))
        .filter(users::discoverable_by_email)
        .filter(users::suspended_at.is_null())
        .filter(users::deleted_at.is_null())
        .filter(users::id.ne_all(hidden))
        .select(users::id)
        .first(conn)
        .await
        .optional()
}

/// At most `limit` people with one of these keyed hashes of a phone number who can be found by it, the oldest first.
pub(crate) async fn by_phone(
    conn: &mut AsyncPgConnection,
    keys: &[Vec<u8>],
    hidden: &[UserId],
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    users::table
        .filter(users::phone_key.eq_any(keys))
        .filter(users::discoverable_by_phone)
        .filter(users::suspended_at.is_null())
        .filter(users::deleted_at.is_null())
        .filter(users::id.ne_all(hidden))
        .order(users::id)
        .select(users::id)
        .limit(limit)
        .load(conn)
        .await
}
