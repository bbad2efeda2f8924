//! Who is there, for those who may know, and how one is seen oneself.

use std::collections::{HashMap, HashSet};

use identity::input::StatusBody;
use identity::{PresenceView, User};
use kernel::{GuildId, Limit, UserId};

use super::users;
use crate::http::ApiError;
use crate::presence::view;
use crate::services::Services;

/// How many people a page has: 50 unless said otherwise, at most 100.
pub(crate) type OnlineLimit = Limit<50, 100>;

/// People that one page looks for among those who are there: fewer of them may be, and a page follows.
const KNOWN: usize = 1_000;

/// A page of those who are there.
#[derive(Debug)]
pub(crate) struct Online {
    pub(crate) users: Vec<(UserId, PresenceView)>,
    /// After whom the next page begins, when there is one.
    pub(crate) next: Option<UserId>,
}

/// Who is there of those whom `asker` knows, by their ids, after `after`. Nobody, while Redis is away.
pub(crate) async fn online(
    services: &Services,
    asker: UserId,
    after: Option<UserId>,
    limit: OnlineLimit,
) -> Result<Online, ApiError> {
    let limit = usize::try_from(limit.get()).unwrap_or(usize::MAX);
    let mut known = users::acquaintances(services, asker, after, KNOWN + 1).await?;
    let more = known.len() > KNOWN;
    known.truncate(KNOWN);
    let mut there = services.presence.online_among(&known).await;
    if !there.is_empty() {
        let blocked = services.social.relationships(asker, &there).await?.blocked;
        there.retain(|id| !blocked.contains(id));
    }
    let (page, rest) = there.split_at(limit.min(there.len()));
    let next = if rest.is_empty() { known.last().filter(|_| more) } else { page.last() };
    let seen = services.presence.look(page).await;
    let users = seen.iter().filter(|seen| seen.is_there()).map(|seen| (seen.user, view(seen)));
    Ok(Online { users: users.collect(), next: next.copied() })
}

/// How these are seen by somebody who may know it of all of them.
pub(super) async fn of(services: &Services, people: &[UserId]) -> HashMap<UserId, PresenceView> {
    let seen = services.presence.look(people).await;
    seen.iter().map(|seen| (seen.user, view(seen))).collect()
}

/// The members of a part of a server's list, and how those of them are seen whom `asker` may see.
pub(crate) async fn stretch(
    services: &Services,
    asker: UserId,
    guild: GuildId,
    from: i64,
    count: i64,
) -> Result<Vec<PresenceView>, ApiError> {
    let mut members = services.guilds.stretch(asker, guild, from, count).await?;
    let blocked: HashSet<UserId> = services.social.relationships(asker, &members).await?.blocked;
    members.retain(|id| !blocked.contains(id));
    Ok(services.presence.look(&members).await.iter().map(view).collect())
}

/// Changes how the user wants to be seen.
pub(crate) async fn change_status(
    services: &Services,
    user: UserId,
    body: StatusBody,
) -> Result<User, ApiError> {
    let user = services.identity.change_status(user, body).await?;
    services.presence.choose(&user).await;
    Ok(user)
}
