//! A new message.

use kernel::{Allowed, Permissions, can};

use super::{Messaging, Sent};
use crate::Error;
use crate::input::Draft;
use crate::model::Kind;
use crate::screen::Writing;
use crate::writer::{Change, Post, Quote};

impl Messaging {
    /// Writes a message. With a nonce that the author has used here before, nothing is written and that message is
    /// returned.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again. [`Error::Blocked`] when the screen says so. [`Error::Invalid`] when `replyTo` or
    /// `parentMessageId` is no message of this place, or the latter stands in a thread itself, or a file is not the
    /// author's to send here; [`Error::Denied`] for files without [`Permissions::ATTACH_FILES`]; [`Error::NoRoom`];
    /// [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn send(&self, allowed: Allowed<can::Send>, draft: Draft) -> Result<Sent, Error> {
        let now = self.env.now();
        let may_call_all = allowed.has(Permissions::MENTION_EVERYONE);
        let id = self.env.id_at(now);
        let (content, nonce) = (draft.content.0.as_str(), draft.nonce.as_deref());
        let passed = self.look(Writing { grant: &allowed, message: id, content, nonce }).await?;
        let post = Post {
            id,
            author: allowed.user(),
            kind: Kind::Text,
            content: draft.content.0,
            reply_to: draft.reply_to.map(Quote::Id),
            parent: draft.parent,
            mentions: draft.mentions.by(allowed.user(), may_call_all),
            files: draft.files,
            room: self.server_room,
            nonce: draft.nonce,
            at: now,
            marks_read: true,
        };
        let outcome = passed.settle(self.writers.write(*allowed, Change::Post(post)).await).await?;
        let fresh = outcome.changed;
        Ok(Sent { message: outcome.message()?, fresh })
    }
}
