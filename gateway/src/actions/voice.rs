//! Who is in voice sessions, as a session learns of it when it begins; and coming into one by its place.

use std::collections::HashSet;
use std::time::Duration;

use kernel::{ScopeId, SessionId, TimelineId, UserId};
use tokio::time::timeout;
use voice_signaling::input::{Destination, JoinBody};
use voice_signaling::{SessionState, SessionView};

use super::calls;
use crate::http::ApiError;
use crate::services::Services;

/// How long it may take: without it a session begins all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// The sessions of these scopes in these places; none, while Redis is away.
pub(crate) async fn beginning(
    services: &Services,
    scopes: &[ScopeId],
    places: &HashSet<TimelineId>,
) -> Vec<SessionState> {
    match timeout(PATIENCE, services.voice.states(scopes, places)).await {
        Ok(Ok(sessions)) => sessions,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a session begins without knowing who is in voice sessions");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

/// Comes into a voice channel, or calls somebody.
pub(crate) async fn join(
    services: &Services,
    user: UserId,
    device: SessionId,
    body: JoinBody,
) -> Result<SessionView, ApiError> {
    let flags = body.flags();
    Ok(match body.parse()? {
        Destination::Channel(channel) => services.voice.join(user, device, channel, flags).await?,
        Destination::Call(callee) => calls::start(services, user, device, callee, flags).await?,
    })
}
