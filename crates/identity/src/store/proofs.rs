//! What was mailed and never came back.

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::Timestamp;

backbone::statement! {
    /// Removes at most `limit` rows of each kind that stopped to work before `before`.
    struct Sweep { before: Timestamp, limit: i64 } -> (BigInt,);
    "WITH codes AS (DELETE FROM email_codes WHERE user_id IN (SELECT user_id FROM email_codes \
         WHERE expires_at < " {before as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED) RETURNING 1), \
     resets AS (DELETE FROM password_resets WHERE user_id IN (SELECT user_id FROM password_resets \
         WHERE expires_at < " {before as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED) RETURNING 1), \
     changes AS (DELETE FROM email_changes WHERE user_id IN (SELECT user_id FROM email_changes \
         WHERE expires_at < " {before as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED) RETURNING 1) \
     SELECT count(*) FROM (SELECT * FROM codes UNION ALL SELECT * FROM resets UNION ALL SELECT * FROM changes) AS gone"
}

pub(crate) async fn sweep(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<i64> {
    Sweep { before, limit }.get_result::<(i64,)>(conn).await.map(|(removed,)| removed)
}
