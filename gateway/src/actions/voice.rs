//! Who is in voice channels, as a session learns of it when it begins.

use std::time::Duration;

use kernel::ChannelId;
use tokio::time::timeout;
use voice_signaling::VoiceChannelView;

use crate::services::Services;

/// How long it may take: without it a session begins all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// The sessions in these channels; none, while Redis is away.
pub(crate) async fn beginning(services: &Services, channels: &[ChannelId]) -> Vec<VoiceChannelView> {
    match timeout(PATIENCE, services.voice.in_channels(channels)).await {
        Ok(Ok(sessions)) => sessions,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a session begins without knowing who is in voice channels");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}
