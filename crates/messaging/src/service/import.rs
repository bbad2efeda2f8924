//! Messages that come from another system, with their own authors and times.

use kernel::{Allowed, MessageId, Timestamp, UserId, can};

use super::Messaging;
use crate::Error;
use crate::input::{CONTENT_MAX, NONCE_MAX};
use crate::mentions::Mentions;
use crate::model::Kind;
use crate::writer::{self, Change, Post, Quote};

/// A message of another system.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Who wrote it there.
    pub author: UserId,
    /// What it is.
    pub kind: Kind,
    /// Its text; what is longer than a message may be is cut.
    pub content: String,
    /// When it was written there.
    pub at: Timestamp,
    /// What it is called there, at most 64 characters: the same author and nonce are imported once.
    pub nonce: String,
    /// The message that it answers, imported before or in the same call before it.
    pub reply_to: Option<ImportedReply>,
}

/// A message that another one answers.
#[derive(Clone, Debug)]
pub struct ImportedReply {
    /// Who wrote it.
    pub author: UserId,
    /// Its nonce.
    pub nonce: String,
}

impl Messaging {
    /// Writes the messages in their order, in one transaction, and says for each whether it is new. Nobody is told on
    /// the bus: hubs find them in the log.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Database`]. Then none was written.
    pub async fn import(
        &self,
        allowed: Allowed<can::ManageMessages>,
        messages: Vec<Imported>,
    ) -> Result<Vec<bool>, Error> {
        let changes = messages.into_iter().map(|message| {
            let id: MessageId = self.env.id_at(message.at);
            let post = Post {
                id,
                author: message.author,
                kind: message.kind,
                content: message.content.chars().take(CONTENT_MAX).collect(),
                reply_to: message.reply_to.map(|reply| Quote::Nonce(reply.author, reply.nonce)),
                parent: None,
                mentions: Mentions::default(),
                files: Vec::new(),
                room: None,
                nonce: Some(message.nonce.chars().take(NONCE_MAX).collect()),
                at: message.at,
                marks_read: false,
            };
            (*allowed, Change::Post(post))
        });
        let outcomes = writer::import(&self.pool, changes.collect()).await?;
        outcomes.into_iter().map(|outcome| outcome.map(|outcome| outcome.changed)).collect()
    }
}
