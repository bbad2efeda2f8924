//! Pinned messages.

use kernel::{Allowed, Capability, Grant, MessageId, can};

use super::history::{page, views};
use super::{Messaging, MessagingSettings};
use crate::Error;
use crate::model::TimelineKind;
use crate::store::read::Which;
use crate::view::MessageView;
use crate::writer::Change;

impl Messaging {
    /// Pins a message, for who may manage messages, in a conversation of two for both. Pinned already, it stays so, and nothing
    /// changes.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NoMessage`]; [`Error::TooManyPins`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`],
    /// [`Error::Busy`], [`Error::Database`].
    pub async fn pin(&self, allowed: Allowed<can::View>, id: MessageId) -> Result<MessageView, Error> {
        self.may_pin(&allowed).await?;
        let change = Change::Pin { id, at: self.env.now(), most: self.pins_max };
        let message = self.writers.write(*allowed, change).await?.message()?;
        self.as_seen(&allowed, message).await
    }

    /// Pins a message no more, for who may pin it.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NoMessage`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn unpin(&self, allowed: Allowed<can::View>, id: MessageId) -> Result<MessageView, Error> {
        self.may_pin(&allowed).await?;
        let message = self.writers.write(*allowed, Change::Unpin { id }).await?.message()?;
        self.as_seen(&allowed, message).await
    }

    /// Nobody manages messages in a conversation of two: both pin there, as long as they may write.
    async fn may_pin(&self, grant: &Grant) -> Result<(), Error> {
        let writes = grant.is_of_conversation() && grant.has(can::Send::PERMISSION);
        if writes && self.kind_of(grant.timeline()).await? == Some(TimelineKind::Direct) {
            return Ok(());
        }
        grant.require::<can::ManageMessages>()?;
        Ok(())
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
