//! Looking at what people write before it is stored: the crate's one edge upwards.
//!
//! Who has a screen is asked about every new message and every new text of one: sends and edits, by whatever way they
//! come, threads and scheduled messages too. Imports and what a place itself tells ([`Messaging::announce`]) are nobody's
//! words of now, and are not looked at.
//!
//! [`Messaging::announce`]: crate::Messaging::announce

use std::fmt::Debug;

use futures_util::future::BoxFuture;
use kernel::{Grant, MessageId};

use crate::Error;
use crate::view::MessageView;
use crate::writer::Outcome;

/// What somebody wants to write.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// Who, and where. It may be outdated: then what is let through is not written either.
    pub grant: &'a Grant,
    /// The message: that which is changed, or a new one. When the message is tried once more it has another id, and the
    /// same nonce, if it has one.
    pub message: MessageId,
    /// The text.
    pub content: &'a str,
    /// Of a new message: what its author calls it.
    pub nonce: Option<&'a str>,
}

/// Who looks at what people write before it is stored.
pub trait Screen: Debug + Send + Sync + 'static {
    /// Lets a text through, or not.
    ///
    /// # Errors
    /// [`Error::Blocked`]: it is not let through. [`Error::Stale`]: the grant is outdated. What else went wrong.
    fn look<'a>(&'a self, writing: Writing<'a>) -> BoxFuture<'a, Result<Passed, Error>>;
}

/// What a screen has to do once it is known what became of a text that it let through. One of the two is called, unless
/// the process ends before.
pub trait ScreenFollowUp: Debug + Send {
    /// It was stored.
    fn written<'a>(self: Box<Self>, message: &'a MessageView) -> BoxFuture<'a, ()>;
    /// It was not, or had been before.
    fn dropped(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// A text was let through.
#[derive(Debug)]
#[must_use = "the screen waits to hear what became of it"]
pub struct Passed(Option<Box<dyn ScreenFollowUp>>);

impl Passed {
    /// There is nothing to say about it.
    pub const fn free() -> Self {
        Self(None)
    }

    /// The screen wants to know what becomes of it.
    pub fn then(follow_up: impl ScreenFollowUp + 'static) -> Self {
        Self(Some(Box::new(follow_up)))
    }

    /// Tells the screen what became of it.
    pub(crate) async fn settle(self, outcome: Result<Outcome, Error>) -> Result<Outcome, Error> {
        let done = outcome.as_ref().ok().filter(|done| done.changed);
        match (self.0, done.and_then(|done| done.messages.last())) {
            (None, _) => {}
            (Some(follow_up), Some(message)) => follow_up.written(message).await,
            (Some(follow_up), None) => follow_up.dropped().await,
        }
        outcome
    }
}
