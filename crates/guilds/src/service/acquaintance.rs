//! Who knows whom from a guild.

use std::collections::HashSet;

use kernel::UserId;

use super::Guilds;
use crate::Error;
use crate::store::members;

impl Guilds {
    /// Those of `others` who are members of a guild that `user` is a member of, too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn acquainted(&self, user: UserId, others: &[UserId]) -> Result<HashSet<UserId>, Error> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conn = self.pool.get().await?;
        Ok(members::sharing(&mut conn, user, others).await?)
    }
}
