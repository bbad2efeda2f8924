//! From a timeline to what somebody may do there, whichever crate it belongs to.

use std::collections::HashMap;

use kernel::{Capability, ChannelId, Code, ConversationId, Denied, Fence, Grant, TimelineId, UserId, can};
use messaging::TimelineKind;

use crate::http::ApiError;
use crate::services::Services;

/// How often to prove and act before giving up: who is not the one whose rights changed gets through, also while many
/// come and go.
pub(super) const TRIES: u32 = 8;

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

/// What a fresh grant proves. Of what it was refused for, the reason may be gone by the time it is to be told: then the grant
/// is looked up again.
pub(crate) async fn prove<T>(
    services: &Services,
    user: UserId,
    timeline: TimelineId,
    prove: impl Fn(&Grant) -> Result<T, Denied>,
) -> Result<T, ApiError> {
    for _ in 0..TRIES {
        let grant = access(services, user, timeline).await?;
        match prove(&grant) {
            Ok(proved) => return Ok(proved),
            Err(denied) => {
                if let Some(reason) = why(services, &grant, denied.into()).await {
                    return Err(reason);
                }
            }
        }
    }
    Err(messaging::Error::Stale.into())
}

/// The refusal of what a fresh grant was asked for, in words for its user: rights are missing in a conversation for other
/// reasons than in a channel. `None` when there is no reason any more: it is worth another try.
pub(super) async fn why(services: &Services, grant: &Grant, refusal: ApiError) -> Option<ApiError> {
    let Some(conversation) = conversation(grant).filter(|_| refusal.code == Code::InsufficientPermissions)
    else {
        return Some(refusal);
    };
    match services.dm.refusal(grant.user(), conversation).await {
        Ok(Some(reason)) => Some(reason.into()),
        // They may write, as they might before: it is another right that they lack.
        Ok(None) if grant.has(can::Send::PERMISSION) => Some(refusal),
        Ok(None) => None,
        Err(error) => Some(error.into()),
    }
}
