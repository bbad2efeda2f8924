//! Reporting what somebody wrote.

use kernel::{MessageId, UserId};
use moderation::Reported;

use super::messages;
use crate::http::ApiError;
use crate::services::Services;

/// Reports a message that the user may read to the moderators of its server.
pub(crate) async fn message(
    services: &Services,
    user: UserId,
    message: MessageId,
    reason: &str,
) -> Result<(), ApiError> {
    let channel = services.messaging.timeline_of(message).await?.into();
    let read = messages::hiding(messages::get(services, user, channel, message).await)?;
    let guild = read.server_id.ok_or(messaging::Error::NoMessage)?;
    let what = Reported { guild, user: read.author.id, message: Some((message, channel, read.content)) };
    Ok(services.moderation.report(user, what, reason).await?)
}
