//! What has reached whom.

use kernel::{Allowed, Rev, Seq, TimelineId, UserId, can};

use super::Messaging;
use crate::Error;
use crate::delivery::{DeliveryStatus, Reach};
use crate::store::delivery;

/// Marks in one statement.
const AT_ONCE: usize = 1_000;

impl Messaging {
    /// A session of `user` got everything of a conversation up to `rev`. Nothing is written yet: that is what
    /// [`Self::flush_delivered`] does, for all sessions of this process at once.
    pub fn delivered(&self, user: UserId, timeline: TimelineId, rev: Rev) {
        self.delivered.note(user, timeline, rev);
    }

    /// Writes down what has reached sessions since the last time, one statement for up to a thousand marks. Returns how many
    /// there were. What cannot be written is noted again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn flush_delivered(&self) -> Result<usize, Error> {
        let marks = self.delivered.take(AT_ONCE);
        if marks.is_empty() {
            return Ok(0);
        }
        let written =
            async { Ok::<_, Error>(delivery::advance(&mut *self.pool.get().await?, &marks).await?) };
        if let Err(error) = written.await {
            marks.iter().for_each(|(user, timeline, rev)| self.delivered.note(*user, *timeline, *rev));
            return Err(error);
        }
        Ok(marks.len())
    }

    /// What became of one's messages at some places of a conversation whose other members are `others`: as much as holds for
    /// all of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn delivery_status(
        &self,
        allowed: Allowed<can::View>,
        others: &[UserId],
        seqs: &[Seq],
    ) -> Result<Vec<DeliveryStatus>, Error> {
        let mut conn = self.pool.get().await?;
        let marks = delivery::of(&mut conn, allowed.timeline()).await?.into_iter();
        let reaches =
            marks.map(|(user, delivered, read)| Reach { user, delivered, read }).collect::<Vec<_>>();
        Ok(seqs.iter().map(|seq| DeliveryStatus::of(*seq, others, &reaches)).collect())
    }
}
