//! From the names in a text to those whom it mentions.

use std::collections::{HashMap, HashSet};

use kernel::{TimelineId, UserId};
use messaging::TimelineKind;
use messaging::fence::Reach;
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
    let names = calls.usernames();
    let named = async { Ok::<_, ApiError>(services.identity.named(&names).await?) };
    let (named, roles) = tokio::try_join!(named, callable(services, place))?;
    let people = named.values().copied().collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
    let (reached, reach) = reached(services, author, viewers(services, place, &people).await?).await?;
    let users = named.into_iter().filter(|(_, user)| reached.contains(user));
    let users = users.map(|(name, user)| (name.to_string(), user)).collect::<HashMap<_, _>>();
    let mentions = calls.resolve(&Known { users, roles });
    Ok(draft.mentioning(mentions.within(reach)))
}

/// The roles that a message there can mention. Conversations have none.
async fn callable(services: &Services, place: TimelineId) -> Result<Vec<Callable>, ApiError> {
    match is_conversation(services, place).await? {
        true => Ok(Vec::new()),
        false => Ok(services.guilds.callable(place.into()).await?),
    }
}

/// Those of `people` who may view the place. No query for nobody.
async fn viewers(
    services: &Services,
    place: TimelineId,
    people: &[UserId],
) -> Result<HashSet<UserId>, ApiError> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    match is_conversation(services, place).await? {
        true => Ok(services.dm.viewers(place.into(), people).await?.1.into_keys().collect()),
        false => Ok(services.guilds.viewers_of(place.into(), people).await?),
    }
}

/// What a place is does not change: the log knows it without a query when it met it before.
async fn is_conversation(services: &Services, place: TimelineId) -> Result<bool, ApiError> {
    match services.messaging.kind_of(place).await? {
        Some(TimelineKind::Direct | TimelineKind::Group) => Ok(true),
        Some(TimelineKind::Channel | TimelineKind::Ai) | None => Ok(false),
    }
}

/// Of those who may view the place, whom the author reaches by a mention: nobody across a block, whoever made it. No query
/// for nobody.
async fn reached(
    services: &Services,
    author: UserId,
    mut viewers: HashSet<UserId>,
) -> Result<(HashSet<UserId>, Reach), ApiError> {
    viewers.remove(&author);
    if viewers.is_empty() {
        return Ok((viewers, Reach::default()));
    }
    // Before who is blocked.
    let reach = services.messaging.reach(author).await?;
    let people = viewers.iter().copied().collect::<Vec<_>>();
    let blocked = services.social.across_a_block(author, &people).await?;
    viewers.retain(|user| !blocked.contains(user));
    Ok((viewers, reach))
}
