//! Changing and deleting a message.

use kernel::{Allowed, MessageId, Permissions, can};

use super::Messaging;
use crate::Error;
use crate::input::Content;
use crate::screen::Writing;
use crate::view::MessageView;
use crate::writer::Change;

impl Messaging {
    /// Gives a message of the grant's user a new text. The same text again changes nothing.
    ///
    /// # Errors
    /// [`Error::NoMessage`], [`Error::NotTheAuthor`], [`Error::TooLate`]; [`Error::Blocked`] when the screen says so;
    /// [`Error::Stale`]: authorise again;
    /// [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn edit(
        &self,
        allowed: Allowed<can::Send>,
        id: MessageId,
        content: Content,
    ) -> Result<MessageView, Error> {
        let writing = Writing { grant: &allowed, message: id, content: &content.0, nonce: None };
        let passed = self.look(writing).await?;
        let change = Change::Edit { id, content: content.0, at: self.env.now(), window: self.edit_window };
        passed.settle(self.writers.write(*allowed, change).await).await?.message()
    }

    /// Deletes a message: one's own, or with MANAGE_MESSAGES anybody's. Its content is gone for everyone; a tombstone
    /// keeps its place.
    ///
    /// # Errors
    /// [`Error::NoMessage`], [`Error::NotTheAuthor`]; [`Error::Stale`]: authorise again;
    /// [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn delete(&self, allowed: Allowed<can::View>, id: MessageId) -> Result<(), Error> {
        let moderator = allowed.has(Permissions::MANAGE_MESSAGES);
        let change = Change::Delete { id, at: self.env.now(), moderator };
        self.writers.write(*allowed, change).await.map(drop)
    }

    /// Deletes several messages of a place, whoever wrote them, in one transaction, and says which: those that were there.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn delete_all(
        &self,
        allowed: Allowed<can::ManageMessages>,
        ids: Vec<MessageId>,
    ) -> Result<Vec<MessageId>, Error> {
        let change = Change::DeleteAll { ids, at: self.env.now() };
        let gone = self.writers.write(*allowed, change).await?.messages;
        Ok(gone.into_iter().map(|message| message.id).collect())
    }
}
