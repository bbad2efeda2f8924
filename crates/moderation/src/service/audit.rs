//! Reading what was done.

use guilds::audit::{self, AuditLimit, EntryView, Filter};
use kernel::{GuildId, Page, UserId};

use super::Moderation;
use crate::Error;

impl Moderation {
    /// A page of what was done in the guild, the newest first; without what tells of channels that they may not view.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild, no [`kernel::Permissions::VIEW_AUDIT_LOG`]; [`Error::Database`].
    pub async fn audit_log(
        &self,
        actor: UserId,
        guild: GuildId,
        filter: Filter,
        limit: AuditLimit,
    ) -> Result<Page<EntryView>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(audit::page(&mut conn, &self.env, (guild, actor), &filter, limit).await?)
    }
}
