//! Pinned messages.

use kernel::{Allowed, MessageId, can};

use super::history::{page, views};
use super::{Messaging, MessagingSettings};
use crate::Error;
use crate::store::read::Which;
use crate::view::MessageView;
use crate::writer::Change;

impl Messaging {
    /// Pins a message. Pinned already, it stays so, and nothing changes.
    ///
    /// # Errors
    /// [`Error::NoMessage`]; [`Error::TooManyPins`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`],
    /// [`Error::Busy`], [`Error::Database`].
    pub async fn pin(
        &self,
        allowed: Allowed<can::ManageMessages>,
        id: MessageId,
    ) -> Result<MessageView, Error> {
        let change = Change::Pin { id, at: self.env.now(), most: self.pins_max };
        let message = self.writers.write(*allowed, change).await?.message()?;
        self.as_seen(&allowed, message).await
    }

    /// Pins a message no more.
    ///
    /// # Errors
    /// [`Error::NoMessage`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn unpin(
        &self,
        allowed: Allowed<can::ManageMessages>,
        id: MessageId,
    ) -> Result<MessageView, Error> {
        let message = self.writers.write(*allowed, Change::Unpin { id }).await?.message()?;
        self.as_seen(&allowed, message).await
    }

    /// The pinned messages of a place, the newest pin first.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn pins(&self, allowed: Allowed<can::ReadHistory>) -> Result<Vec<MessageView>, Error> {
        let mut conn = self.pool.get().await?;
        // All that there can be, also when fewer were allowed since.
        let (snapshot, _) = page(&mut conn, &allowed, Which::Pins, MessagingSettings::PINS_MAX).await?;
        views(&mut conn, &allowed, snapshot).await
    }
}
