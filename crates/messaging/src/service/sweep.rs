//! Removing what is left of places that are gone.

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::Messaging;
use crate::Error;

backbone::statement! {
    struct Slice { limit: i64 } -> BigInt;
    "DELETE FROM messages WHERE (timeline_id, seq) IN (SELECT m.timeline_id, m.seq FROM messages m \
     JOIN timelines t ON t.id = m.timeline_id WHERE t.closed_at IS NOT NULL LIMIT " {limit as BigInt} " FOR UPDATE OF m SKIP LOCKED)"
}

backbone::statement! {
    struct Marks { limit: i64 } -> BigInt;
    "DELETE FROM read_marks WHERE (user_id, timeline_id) IN (SELECT m.user_id, m.timeline_id FROM read_marks m \
     JOIN timelines t ON t.id = m.timeline_id WHERE t.closed_at IS NOT NULL LIMIT " {limit as BigInt} " FOR UPDATE OF m SKIP LOCKED)"
}

backbone::statement! {
    struct Empty { } -> BigInt;
    "DELETE FROM timelines t WHERE t.closed_at IS NOT NULL \
     AND NOT EXISTS (SELECT FROM messages m WHERE m.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM read_marks m WHERE m.timeline_id = t.id)"
}

impl Messaging {
    /// Removes up to `slice` messages and as many read marks of closed timelines, and those timelines that have none
    /// left. Returns how many rows it removed: with none there is nothing more to do.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep(&self, slice: i64) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        let mut removed = Slice { limit: slice }.execute(&mut conn).await?;
        removed += Marks { limit: slice }.execute(&mut conn).await?;
        Empty {}.execute(&mut conn).await?;
        Ok(removed)
    }
}
