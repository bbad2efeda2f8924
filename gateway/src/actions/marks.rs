//! What people put on messages: emoji and pins.

use kernel::{ChannelId, MessageId, UserId};
use messaging::MessageView;
use messaging::input::Emoji;

use super::messages::{hiding, in_channel};
use crate::http::ApiError;
use crate::services::Services;

/// Puts an emoji on a message.
pub(crate) async fn react(
    services: &Services,
    user: UserId,
    message: MessageId,
    emoji: Emoji,
) -> Result<MessageView, ApiError> {
    let messaging = &services.messaging;
    let channel = messaging.timeline_of(message).await?;
    let react = |allowed| messaging.react(allowed, message, emoji.clone());
    hiding(in_channel(services, user, channel, react).await)
}

/// Takes an emoji from a message.
pub(crate) async fn unreact(
    services: &Services,
    user: UserId,
    message: MessageId,
    emoji: Emoji,
) -> Result<(), ApiError> {
    let messaging = &services.messaging;
    let channel = messaging.timeline_of(message).await?;
    let unreact = |allowed| messaging.unreact(allowed, message, emoji.clone());
    hiding(in_channel(services, user, channel, unreact).await)
}

/// Puts an emoji on a message, or takes it back.
pub(crate) async fn toggle_reaction(
    services: &Services,
    user: UserId,
    message: MessageId,
    emoji: Emoji,
) -> Result<MessageView, ApiError> {
    let messaging = &services.messaging;
    let channel = messaging.timeline_of(message).await?;
    let toggle = |allowed| messaging.toggle_reaction(allowed, message, emoji.clone());
    hiding(in_channel(services, user, channel, toggle).await)
}

/// Pins a message.
pub(crate) async fn pin(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<MessageView, ApiError> {
    let messaging = &services.messaging;
    let channel = messaging.timeline_of(message).await?;
    hiding(in_channel(services, user, channel, |allowed| messaging.pin(allowed, message)).await)
}

/// Pins a message no more.
pub(crate) async fn unpin(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<MessageView, ApiError> {
    let messaging = &services.messaging;
    let channel = messaging.timeline_of(message).await?;
    hiding(in_channel(services, user, channel, |allowed| messaging.unpin(allowed, message)).await)
}

/// Reads what is pinned in a channel or conversation.
pub(crate) async fn pins(
    services: &Services,
    user: UserId,
    channel: ChannelId,
) -> Result<Vec<MessageView>, ApiError> {
    in_channel(services, user, channel, |allowed| services.messaging.pins(allowed)).await
}
