//! What people put on messages: emoji and pins.

use kernel::{ChannelId, MessageId, UserId};
use messaging::MessageView;
use messaging::input::Emoji;

use super::messages::{at_message, in_channel};
use crate::http::ApiError;
use crate::services::Services;

/// Puts an emoji on a message.
pub(crate) async fn react(
    services: &Services,
    user: UserId,
    message: MessageId,
    emoji: Emoji,
) -> Result<MessageView, ApiError> {
    let react = |allowed| services.messaging.react(allowed, message, emoji.clone());
    at_message(services, user, message, react).await
}

/// Takes an emoji from a message.
pub(crate) async fn unreact(
    services: &Services,
    user: UserId,
    message: MessageId,
    emoji: Emoji,
) -> Result<(), ApiError> {
    let unreact = |allowed| services.messaging.unreact(allowed, message, emoji.clone());
    at_message(services, user, message, unreact).await
}

/// Puts an emoji on a message, or takes it back.
pub(crate) async fn toggle_reaction(
    services: &Services,
    user: UserId,
    message: MessageId,
    emoji: Emoji,
) -> Result<MessageView, ApiError> {
    let toggle = |allowed| services.messaging.toggle_reaction(allowed, message, emoji.clone());
    at_message(services, user, message, toggle).await
}

/// Pins a message.
pub(crate) async fn pin(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<MessageView, ApiError> {
    at_message(services, user, message, |allowed| services.messaging.pin(allowed, message)).await
}

/// Pins a message no more.
pub(crate) async fn unpin(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<MessageView, ApiError> {
    at_message(services, user, message, |allowed| services.messaging.unpin(allowed, message)).await
}

/// Reads what is pinned in a channel or conversation.
pub(crate) async fn pins(
    services: &Services,
    user: UserId,
    channel: ChannelId,
) -> Result<Vec<MessageView>, ApiError> {
    in_channel(services, user, channel, |allowed| services.messaging.pins(allowed)).await
}
