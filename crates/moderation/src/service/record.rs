//! What was done to somebody, told to them.

use guilds::audit::AuditLimit;
use guilds::record::{self, RecordView};
use kernel::{AuditId, Page, UserId};

use super::Moderation;
use crate::Error;

impl Moderation {
    /// A page of what others did to `user` in guilds and why, the newest first: also where they are a member no more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn record_of(
        &self,
        user: UserId,
        before: Option<AuditId>,
        limit: AuditLimit,
    ) -> Result<Page<RecordView>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(record::page(&mut conn, user, before, limit).await?)
    }
}
