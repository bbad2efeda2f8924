//! Who is there, for those who may know, and how one is seen oneself.

use std::collections::HashMap;

use identity::input::StatusBody;
use identity::{PresenceView, User};
use kernel::{GuildId, Limit, UserId};

use super::users;
use crate::http::ApiError;
use crate::presence::view;
use crate::services::Services;

/// How many people a page has: 50 unless said otherwise, at most 100.
pub(crate) type OnlineLimit = Limit<50, 100>;

/// People that one page looks for among those who are there, step by step: where many are there the first few fill it, and
/// few are read. After the last step fewer than a page may have been found, and another page follows.
const STEPS: [usize; 2] = [160, 1_000];

/// A page of those who are there.
#[derive(Debug)]
pub(crate) struct Online {
    pub(crate) users: Vec<(UserId, PresenceView)>,
    /// After whom the next page begins, when there is one.
    pub(crate) next: Option<UserId>,
}

/// Who is there of those whom `asker` knows, `friends` among them, by their ids, after `after`. Nobody, while Redis is away.
pub(crate) async fn online(
    services: &Services,
    asker: UserId,
    friends: &[UserId],
    after: Option<UserId>,
    limit: OnlineLimit,
) -> Result<Online, ApiError> {
    let limit = usize::try_from(limit.get()).unwrap_or(usize::MAX);
    let (mut there, mut last, mut more) = (Vec::new(), after, false);
    for step in STEPS {
        let mut known = users::acquaintances(services, asker, friends, last, step + 1).await?;
        more = known.len() > step;
        known.truncate(step);
        last = known.last().copied().or(last);
        there.extend(unblocked(services, asker, services.presence.online_among(&known).await).await?);
        if !more || there.len() > limit {
            break;
        }
    }
    let (page, rest) = there.split_at(limit.min(there.len()));
    let next = if rest.is_empty() { last.filter(|_| more) } else { page.last().copied() };
    let seen = services.presence.look(page).await;
    let users = seen.iter().filter(|seen| seen.is_there()).map(|seen| (seen.user, view(seen)));
    Ok(Online { users: users.collect(), next })
}

/// Those of some people between whom and `asker` there is no block.
async fn unblocked(
    services: &Services,
    asker: UserId,
    mut people: Vec<UserId>,
) -> Result<Vec<UserId>, ApiError> {
    let blocked = services.social.across_a_block(asker, &people).await?;
    people.retain(|id| !blocked.contains(id));
    Ok(people)
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
    let members = services.guilds.stretch(asker, guild, from, count).await?;
    let members = unblocked(services, asker, members).await?;
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
