//! How many messages there are.

use kernel::{MessageId, Timestamp};

use super::Messaging;
use crate::Error;
use crate::store::stats;

impl Messaging {
    /// How many messages were ever written in the places that there are, and how many since a moment: that may not lie
    /// far back, for each of these is counted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count(&self, since: Timestamp) -> Result<(i64, i64), Error> {
        let mut conn = self.pool.get().await?;
        let total = stats::written(&mut conn).await?;
        Ok((total, stats::since(&mut conn, since.first_id::<MessageId>()).await?))
    }
}
