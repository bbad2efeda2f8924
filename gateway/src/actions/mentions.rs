//! From the names in a text to those whom it mentions.

use std::collections::{HashMap, HashSet};

use kernel::{ChannelId, UserId};
use messaging::input::Draft;
use messaging::mentions::Known;

use crate::http::ApiError;
use crate::services::Services;

/// The draft with those whom its text calls. Whose the names are is looked up before anything is locked, in a constant number
/// of queries, and in none when nobody is called. What the author's rights leave of it, the log decides.
pub(super) async fn addressed(
    services: &Services,
    author: UserId,
    channel: ChannelId,
    draft: Draft,
) -> Result<Draft, ApiError> {
    let calls = draft.calls();
    if calls.is_empty() {
        return Ok(draft);
    }
    let named = services.identity.named(&calls.usernames()).await?;
    let people = named.values().copied().collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
    let (roles, viewers) = services.guilds.callable(channel, &people).await?;
    let reached = may_mention(author, viewers);
    let users = named.into_iter().filter(|(_, user)| reached.contains(user));
    let users = users.map(|(name, user)| (name.to_string(), user)).collect::<HashMap<_, _>>();
    let mentions = calls.resolve(&Known { users, roles });
    Ok(draft.mentioning(mentions))
}

/// Of those who may view the place, whom the author reaches by a mention. This is where a block between two people will tell:
/// neither reaches the other.
fn may_mention(author: UserId, viewers: HashSet<UserId>) -> HashSet<UserId> {
    viewers.into_iter().filter(|user| *user != author).collect()
}
