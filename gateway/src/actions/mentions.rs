//! From the names in a text to those whom it mentions.

use std::collections::{HashMap, HashSet};

use kernel::{TimelineId, UserId};
use messaging::TimelineKind;
use messaging::input::Draft;
use messaging::mentions::{Callable, Known};

use crate::http::ApiError;
use crate::services::Services;

/// The draft with those whom its text calls. Whose the names are is looked up before anything is locked, in a constant number
/// of queries, and in none when nobody is called. What the author's rights leave of it, the log decides.
pub(super) async fn addressed(
    services: &Services,
    author: UserId,
    place: TimelineId,
    draft: Draft,
) -> Result<Draft, ApiError> {
    let calls = draft.calls();
    if calls.is_empty() {
        return Ok(draft);
    }
    // Before who is blocked.
    let reach = services.messaging.reach(author).await?;
    let named = services.identity.named(&calls.usernames()).await?;
    let people = named.values().copied().collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
    let (roles, viewers) = callable(services, place, &people).await?;
    let reached = may_mention(services, author, viewers).await?;
    let users = named.into_iter().filter(|(_, user)| reached.contains(user));
    let users = users.map(|(name, user)| (name.to_string(), user)).collect::<HashMap<_, _>>();
    let mentions = calls.resolve(&Known { users, roles });
    Ok(draft.mentioning(mentions.within(reach)))
}

/// The roles that a message there can mention, and those of `people` who may view the place. Conversations have no roles.
async fn callable(
    services: &Services,
    place: TimelineId,
    people: &[UserId],
) -> Result<(Vec<Callable>, HashSet<UserId>), ApiError> {
    match services.messaging.kind_of(place).await? {
        Some(TimelineKind::Direct | TimelineKind::Group) => {
            let (_, members) = services.dm.viewers(place.into(), people).await?;
            Ok((Vec::new(), members.into_keys().collect()))
        }
        Some(TimelineKind::Channel | TimelineKind::Ai) | None => {
            Ok(services.guilds.callable(place.into(), people).await?)
        }
    }
}

/// Of those who may view the place, whom the author reaches by a mention: nobody across a block, whoever made it.
async fn may_mention(
    services: &Services,
    author: UserId,
    mut viewers: HashSet<UserId>,
) -> Result<HashSet<UserId>, ApiError> {
    viewers.remove(&author);
    let people = viewers.iter().copied().collect::<Vec<_>>();
    let blocked = services.social.across_a_block(author, &people).await?;
    viewers.retain(|user| !blocked.contains(user));
    Ok(viewers)
}
