//! A new message.

use kernel::{Allowed, can};

use super::{Messaging, Sent};
use crate::Error;
use crate::input::Draft;
use crate::model::Kind;
use crate::writer::{Change, Post, Quote};

impl Messaging {
    /// Writes a message. With a nonce that the author has used here before, nothing is written and that message is
    /// returned.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again. [`Error::Invalid`] when `replyTo` is no message of this place;
    /// [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn send(&self, allowed: Allowed<can::Send>, draft: Draft) -> Result<Sent, Error> {
        let now = self.env.now();
        let post = Post {
            id: self.env.id_at(now),
            author: allowed.user(),
            kind: Kind::Text,
            content: draft.content.0,
            reply_to: draft.reply_to.map(Quote::Id),
            nonce: draft.nonce,
            at: now,
            marks_read: true,
        };
        let outcome = self.writers.write(*allowed, Change::Post(post)).await?;
        Ok(Sent { message: outcome.message, fresh: outcome.changed })
    }
}
