//! Emoji on messages.

use kernel::{Allowed, Denied, Grant, MessageId, Permissions, can};

use super::Messaging;
use crate::Error;
use crate::input::Emoji;
use crate::store::reactions;
use crate::view::MessageView;
use crate::writer::{Change, ReactionIntent};

impl Messaging {
    /// Puts an emoji of the grant's user on a message. It is there once; again changes nothing. An emoji that nobody has put
    /// there yet wants ADD_REACTIONS, in a conversation any.
    ///
    /// # Errors
    /// [`Error::NoMessage`]; [`Error::Denied`]; [`Error::TooManyEmoji`]; [`Error::Stale`]: authorise again;
    /// [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn react(
        &self,
        allowed: Allowed<can::ReadHistory>,
        id: MessageId,
        emoji: Emoji,
    ) -> Result<MessageView, Error> {
        self.reaction(&allowed, id, emoji, ReactionIntent::There).await
    }

    /// Puts an emoji of the grant's user on a message, or takes it back when it is there.
    ///
    /// # Errors
    /// As [`Self::react`].
    pub async fn toggle_reaction(
        &self,
        allowed: Allowed<can::ReadHistory>,
        id: MessageId,
        emoji: Emoji,
    ) -> Result<MessageView, Error> {
        self.reaction(&allowed, id, emoji, ReactionIntent::Toggled).await
    }

    /// Takes an emoji of the grant's user from a message; when it is not there, nothing changes. Who may not read the history
    /// any more may still take back what they put there.
    ///
    /// # Errors
    /// [`Error::NoMessage`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn unreact(
        &self,
        allowed: Allowed<can::View>,
        id: MessageId,
        emoji: Emoji,
    ) -> Result<(), Error> {
        let change = Change::React { id, emoji, intent: ReactionIntent::Gone, may_begin: false };
        self.writers.write(*allowed, change).await.map(drop)
    }

    async fn reaction(
        &self,
        grant: &Grant,
        id: MessageId,
        emoji: Emoji,
        intent: ReactionIntent,
    ) -> Result<MessageView, Error> {
        let may_begin = grant.has(Permissions::ADD_REACTIONS);
        // In a conversation it is missing across a block, and nothing is told there any more.
        if grant.is_of_conversation() && !may_begin {
            return Err(Denied::Missing(Permissions::ADD_REACTIONS).into());
        }
        let change = Change::React { id, emoji, intent, may_begin };
        let message = self.writers.write(*grant, change).await?.message()?;
        self.as_seen(grant, message).await
    }

    /// A message that was written, as the grant's user sees it. No query when nobody reacted to it.
    pub(super) async fn as_seen(
        &self,
        grant: &Grant,
        mut message: MessageView,
    ) -> Result<MessageView, Error> {
        if !message.reactions.is_empty() {
            let mut conn = self.pool.get().await?;
            let own = reactions::own(&mut conn, grant.user(), &[(grant.timeline(), message.seq)]).await?;
            for reaction in &mut message.reactions {
                reaction.me = Some(own.iter().any(|(_, emoji)| *emoji == reaction.emoji));
            }
        }
        Ok(message)
    }
}
