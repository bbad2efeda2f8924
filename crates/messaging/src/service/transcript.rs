//! Reading a whole place, page by page: for downloads.

use kernel::{Allowed, Seq, can};

use super::Messaging;
use super::history::{HistoryPage, PageLimit, page, views};
use crate::Error;
use crate::store::read::Which;

impl Messaging {
    /// The messages after a place, oldest first, those in threads among the others where they were written; without
    /// deleted ones.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn everything_after(
        &self,
        allowed: Allowed<can::ReadHistory>,
        after: Seq,
        limit: PageLimit,
    ) -> Result<HistoryPage, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let (snapshot, has_more) = page(conn, &allowed, Which::Everything(after), limit.get()).await?;
        let head = snapshot.head;
        Ok(HistoryPage { messages: views(conn, &allowed, snapshot).await?, has_more, head })
    }
}
