//! Removing what is left of places that are gone.

use diesel::sql_types::{Array, BigInt, Uuid};
use diesel_async::RunQueryDsl;
use kernel::TimelineId;

use super::Messaging;
use crate::Error;

/// Closed timelines that one call looks at.
const AT_ONCE: i64 = 64;

backbone::statement! {
    struct Closed { limit: i64 } -> Uuid;
    "SELECT id FROM timelines WHERE closed_at IS NOT NULL ORDER BY closed_at LIMIT " {limit as BigInt}
}

backbone::statement! {
    // What is found by a message and what is shown with it goes with it: neither table is read by timeline. By ctid: a plan
    // made for any limit would read the whole table to join the rows to themselves.
    struct Messages<'a> { of: &'a [TimelineId], limit: i64 } -> BigInt;
    "WITH gone AS (DELETE FROM messages WHERE ctid = ANY(ARRAY(SELECT ctid FROM messages WHERE timeline_id = ANY("
    {of as Array<Uuid>} ") LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED)) RETURNING id), \
     texts AS (DELETE FROM search_texts USING gone WHERE message_id = gone.id), \
     previews AS (DELETE FROM message_previews USING gone WHERE message_id = gone.id) SELECT count(*) FROM gone"
}

backbone::statement! {
    // Waits for who is indexing them at the moment; nobody begins once they are closed.
    struct Unmark<'a> { of: &'a [TimelineId] } -> BigInt;
    "DELETE FROM search_marks WHERE timeline_id = ANY(" {of as Array<Uuid>} ")"
}

/// Removes some rows of closed timelines from a table.
macro_rules! slice {
    ($($name:ident = $table:literal;)+) => {$(
        backbone::statement! {
            // By ctid, as above.
            struct $name<'a> { of: &'a [TimelineId], limit: i64 } -> BigInt;
            "DELETE FROM " $table " WHERE ctid = ANY(ARRAY(SELECT ctid FROM " $table " WHERE timeline_id = ANY("
            {of as Array<Uuid>} ") LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED))"
        }
    )+};
}

slice! {
    ReadMarks = "read_marks";
    DeliveryMarks = "delivery_marks";
    Mentions = "mentions";
    Reactions = "reactions";
    ReactionCounts = "reaction_counts";
    Edits = "message_edits";
}

backbone::statement! {
    struct Empty<'a> { of: &'a [TimelineId] } -> BigInt;
    "DELETE FROM timelines t WHERE t.id = ANY(" {of as Array<Uuid>} ") \
     AND NOT EXISTS (SELECT FROM messages m WHERE m.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM read_marks m WHERE m.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM delivery_marks m WHERE m.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM mentions m WHERE m.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM reactions r WHERE r.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM reaction_counts r WHERE r.timeline_id = t.id) \
     AND NOT EXISTS (SELECT FROM message_edits e WHERE e.timeline_id = t.id)"
}

impl Messaging {
    /// Removes up to `slice` messages of closed timelines and as many of each thing that is kept beside them, and those
    /// timelines of which nothing is left. Returns how many rows it removed: with none there is nothing more to do.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep(&self, slice: i64) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        let of: Vec<TimelineId> = Closed { limit: AT_ONCE }.load(&mut conn).await?;
        if of.is_empty() {
            return Ok(0);
        }
        Unmark { of: &of }.execute(&mut conn).await?;
        let (of, limit) = (of.as_slice(), slice);
        let messages: i64 = Messages { of, limit }.get_result(&mut conn).await?;
        let mut removed = usize::try_from(messages).unwrap_or(0);
        removed += ReadMarks { of, limit }.execute(&mut conn).await?;
        removed += DeliveryMarks { of, limit }.execute(&mut conn).await?;
        removed += Mentions { of, limit }.execute(&mut conn).await?;
        removed += Reactions { of, limit }.execute(&mut conn).await?;
        removed += ReactionCounts { of, limit }.execute(&mut conn).await?;
        removed += Edits { of, limit }.execute(&mut conn).await?;
        // First these: they are found by the timeline alone.
        let files = media::abandon(&mut conn, of, limit, self.env.now()).await?;
        removed += files;
        if files > 0 {
            return Ok(removed);
        }
        removed += Empty { of }.execute(&mut conn).await?;
        Ok(removed)
    }
}
