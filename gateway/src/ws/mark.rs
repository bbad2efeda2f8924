//! Commands that put something on a message, or take it away.

use kernel::{MessageId, UserId};
use messaging::input::Emoji;
use serde_json::{Value, json};

use super::payload::{EmptyAck, MessageAck};
use crate::actions::marks;
use crate::http::{ApiError, State};

/// What to do with a message.
#[derive(Debug)]
pub(crate) enum Mark {
    React(Emoji),
    Unreact(Emoji),
    Toggle(Emoji),
    Pin,
    Unpin,
}

impl Mark {
    /// Does it; what the client gets to know of it.
    pub(super) async fn put(
        self,
        state: &State,
        user: UserId,
        message: MessageId,
    ) -> Result<Value, ApiError> {
        let done = state.run(move |s| async move {
            match self {
                Self::React(emoji) => marks::react(&s, user, message, emoji).await.map(Some),
                Self::Unreact(emoji) => marks::unreact(&s, user, message, emoji).await.map(|()| None),
                Self::Toggle(emoji) => marks::toggle_reaction(&s, user, message, emoji).await.map(Some),
                Self::Pin => marks::pin(&s, user, message).await.map(Some),
                Self::Unpin => marks::unpin(&s, user, message).await.map(Some),
            }
        });
        Ok(match done.await? {
            Some(message) => json!(MessageAck { message }),
            None => json!(EmptyAck {}),
        })
    }
}
