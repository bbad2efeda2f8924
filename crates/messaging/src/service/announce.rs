//! What a place itself tells of somebody.

use kernel::{Allowed, UserId, can};

use super::Messaging;
use crate::Error;
use crate::mentions::Mentions;
use crate::model::Kind;
use crate::view::MessageView;
use crate::writer::{Change, Post};

impl Messaging {
    /// Writes a system message that tells of something that `about` did or that happened to them: "joined the server". With a nonce it
    /// is written once, however often it is asked for.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again, once; [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn announce(
        &self,
        allowed: Allowed<can::ManageMessages>,
        about: UserId,
        words: &str,
        nonce: Option<String>,
    ) -> Result<MessageView, Error> {
        let now = self.env.now();
        let post = Post {
            id: self.env.id_at(now),
            author: about,
            kind: Kind::System,
            content: words.into(),
            reply_to: None,
            parent: None,
            mentions: Mentions::default(),
            files: Vec::new(),
            room: None,
            nonce,
            at: now,
            // It is nothing that they have read.
            marks_read: false,
        };
        self.writers.write(*allowed, Change::Post(post)).await?.message()
    }
}
