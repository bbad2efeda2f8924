//! From a timeline to what somebody may do there, whichever crate it belongs to.

use std::collections::HashMap;

use kernel::{ChannelId, Code, ConversationId, Fence, Grant, TimelineId, UserId};
use messaging::TimelineKind;

use crate::http::ApiError;
use crate::services::Services;

/// A grant from memory, which may be outdated: see `Guilds::recall`.
pub(crate) fn recall(services: &Services, user: UserId, timeline: TimelineId) -> Option<Grant> {
    let of_channel = services.guilds.recall(user, timeline.into());
    of_channel.or_else(|| services.dm.recall(user, timeline.into()))
}

/// What somebody may do in a timeline now. What is hidden and what is missing are refused in the same words.
pub(crate) async fn access(
    services: &Services,
    user: UserId,
    timeline: TimelineId,
) -> Result<Grant, ApiError> {
    match services.messaging.kind_of(timeline).await? {
        Some(TimelineKind::Direct | TimelineKind::Group) => {
            Ok(services.dm.access(user, timeline.into()).await?)
        }
        // What is not there is refused after the same query.
        Some(TimelineKind::Channel | TimelineKind::Ai) | None => {
            Ok(services.guilds.access(user, timeline.into()).await?)
        }
    }
}

/// What somebody may do in several timelines now; those that [`access`] would refuse are left out. Two queries, however
/// many they are.
pub(crate) async fn access_many(
    services: &Services,
    user: UserId,
    places: &[ChannelId],
) -> Result<HashMap<ChannelId, Grant>, ApiError> {
    let mut grants = services.guilds.access_many(user, places).await?;
    let others = places.iter().filter(|place| !grants.contains_key(place));
    let others = others.map(|place| TimelineId::from(*place).into()).collect::<Vec<ConversationId>>();
    if !others.is_empty() {
        let conversations = services.dm.access_many(user, &others).await?;
        grants.extend(conversations.into_values().map(|grant| (grant.timeline().into(), grant)));
    }
    Ok(grants)
}

/// The conversation that a grant is for, if it is for one.
pub(crate) fn conversation(grant: &Grant) -> Option<ConversationId> {
    grant.is_of_conversation().then(|| grant.timeline().into())
}

/// The fence of what is told of a place on the word of a grant.
pub(crate) fn fence(grant: &Grant) -> Fence {
    Fence { scope: grant.scope(), version: grant.version() }
}

/// The refusal of what a fresh grant was asked for, in words for its user: rights are missing in a conversation for other
/// reasons than in a channel.
pub(crate) async fn why(services: &Services, grant: &Grant, refusal: ApiError) -> ApiError {
    let Some(conversation) = conversation(grant).filter(|_| refusal.code == Code::InsufficientPermissions)
    else {
        return refusal;
    };
    match services.dm.refusal(grant.user(), conversation).await {
        Ok(Some(reason)) => reason.into(),
        Ok(None) => refusal,
        Err(error) => error.into(),
    }
}
