//! Reading the replies in a message's thread.

use kernel::{Allowed, Limit, MessageId, can};

use super::Messaging;
use super::history::{Cursor, page, place, views};
use crate::Error;
use crate::model::Head;
use crate::store::read::{self, Which};
use crate::view::MessageView;

/// Replies in a page: 50 unless said, at most 100.
pub type RepliesLimit = Limit<50, 100>;

/// A part of a thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The message that the replies answer; a tombstone when it was deleted.
    pub parent: MessageView,
    /// The replies, oldest first.
    pub replies: Vec<MessageView>,
    /// Whether there are more.
    pub has_more: bool,
    /// Where the timeline was when the page was read: merge live events with a higher rev.
    pub head: Head,
}

impl Messaging {
    /// A message and the first replies in its thread, or those after a place.
    ///
    /// # Errors
    /// [`Error::NoMessage`] when it is not there, or was deleted and had no replies; [`Error::Invalid`] when the cursor's
    /// message is not of this place; [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn thread(
        &self,
        allowed: Allowed<can::ReadHistory>,
        parent: MessageId,
        after: Option<Cursor>,
        limit: RepliesLimit,
    ) -> Result<Thread, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let seq = read::seq_of(conn, allowed.timeline(), parent).await?.ok_or(Error::NoMessage)?;
        let after = match after {
            None => seq,
            Some(cursor) => place(conn, &allowed, "after", cursor).await?,
        };
        // The replies first: what the parent says of them is not older.
        let (replies, has_more) = page(conn, &allowed, Which::Replies(parent, after), limit.get()).await?;
        let (mut snapshot, _) = page(conn, &allowed, Which::At(seq), 1).await?;
        snapshot.rows.retain(|row| row.deleted_at.is_none() || row.thread_count > 0);
        let head = replies.head;
        let parent = views(conn, &allowed, snapshot).await?.pop().ok_or(Error::NoMessage)?;
        Ok(Thread { parent, replies: views(conn, &allowed, replies).await?, has_more, head })
    }
}
