//! Reading what was done.

use guilds::audit::{self, AuditLimit, EntryView, Filter};
use guilds::bench;
use kernel::{GuildId, Page, Permissions, UserId};

use super::Moderation;
use crate::Error;

impl Moderation {
    /// A page of what was done in the guild, the newest first.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild, no [`Permissions::VIEW_AUDIT_LOG`]; [`Error::Database`].
    pub async fn audit_log(
        &self,
        actor: UserId,
        guild: GuildId,
        filter: Filter,
        limit: AuditLimit,
    ) -> Result<Page<EntryView>, Error> {
        let mut conn = self.pool.get().await?;
        bench::require(&mut conn, &self.env, guild, actor, Permissions::VIEW_AUDIT_LOG).await?;
        Ok(audit::page(&mut conn, guild, &filter, limit).await?)
    }
}
