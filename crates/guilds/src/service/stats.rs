//! How many guilds there are.

use super::Guilds;
use crate::Error;
use crate::store::{channels, guilds};

impl Guilds {
    /// How many guilds there are, and how many channels in all of them. Reads every one: to be asked for now and then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count(&self) -> Result<(i64, i64), Error> {
        let mut conn = self.pool.get().await?;
        Ok((guilds::count(&mut conn).await?, channels::count_all(&mut conn).await?))
    }
}
