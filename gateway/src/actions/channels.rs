//! Channels, and where somebody stands in them.

use std::collections::BTreeMap;

use guilds::ChannelView;
use kernel::{ChannelId, GuildId, TimelineId, UserId};
use messaging::Unread;

use crate::http::ApiError;
use crate::services::Services;

/// The channels of a server that the user may view, and where they stand in those in which messages are written.
pub(crate) async fn list(
    services: &Services,
    user: UserId,
    guild: GuildId,
) -> Result<(Vec<ChannelView>, BTreeMap<ChannelId, Unread>), ApiError> {
    let channels = services.guilds.channels(user, guild).await?;
    let written = channels.iter().filter(|channel| channel.kind.has_timeline());
    let timelines = written.map(|channel| TimelineId::from(channel.id)).collect::<Vec<_>>();
    let roles = services.guilds.roles_of(user, &[guild]).await?;
    let unread = services.messaging.unread(user, &roles, &timelines).await?;
    Ok((channels, unread.into_iter().map(|(timeline, unread)| (timeline.into(), unread)).collect()))
}
