//! People, as others see them.

use std::collections::{HashMap, HashSet};

use identity::input::{SearchLimit, Wanted};
use identity::{PresenceView, ProfileView, Status, User};
use kernel::UserId;

use super::presence::{self, OnlineLimit};
use crate::http::ApiError;
use crate::services::Services;

/// A page of people.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) users: Vec<ProfileView>,
    pub(crate) total: i64,
    pub(crate) next: Option<i64>,
}

/// Somebody, as `asker` may see them.
pub(crate) async fn profile(services: &Services, asker: UserId, id: UserId) -> Result<ProfileView, ApiError> {
    let user = services.identity.user(id).await?;
    if id == asker {
        return Ok(ProfileView::of(user.clone(), Some(own(&user))));
    }
    let known = acquainted(services, asker, &[id]).await?.into_iter().collect::<Vec<_>>();
    let seen = presence::of(services, &known).await.remove(&id);
    Ok(ProfileView::of(user, seen))
}

/// Finds people for `asker`, who finds neither themselves nor anybody across a block.
pub(crate) async fn search(
    services: &Services,
    asker: UserId,
    wanted: &Wanted,
    offset: i64,
    limit: SearchLimit,
) -> Result<People, ApiError> {
    let mut found = services.identity.find(wanted, &[asker]).await?;
    let blocked = services.social.across_a_block(asker, &found).await?;
    found.retain(|id| !blocked.contains(id));
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let offset = offset.clamp(0, total);
    let (from, size) = (usize::try_from(offset).unwrap_or(0), usize::try_from(limit.get()).unwrap_or(0));
    let page = found.into_iter().skip(from).take(size).collect::<Vec<_>>();
    let users = services.identity.users(&page).await?;
    let known = acquainted(services, asker, &page).await?.into_iter().collect::<Vec<_>>();
    let mut seen = presence::of(services, &known).await;
    let users = users.into_iter().map(|user| {
        let seen = seen.remove(&user.id);
        ProfileView::of(user, seen)
    });
    let end = offset + limit.get();
    Ok(People { users: users.collect(), total, next: (end < total).then_some(end) })
}

/// These people as somebody sees them who knows all of them.
pub(super) async fn known(
    services: &Services,
    ids: &[UserId],
) -> Result<HashMap<UserId, ProfileView>, ApiError> {
    let users = services.identity.users(ids).await?;
    let mut seen = presence::of(services, ids).await;
    let profile = |user: User| (user.id, ProfileView::of(user.clone(), seen.remove(&user.id)));
    Ok(users.into_iter().map(profile).collect())
}

/// How one sees oneself: as one chose.
fn own(user: &User) -> PresenceView {
    PresenceView {
        id: user.id,
        status: user.status,
        status_message: user.status_message.clone(),
        is_online: user.status != Status::Offline,
        last_seen: None,
    }
}

/// Those of `others` whose status `user` may see: they share a server or a conversation, or are friends, and neither blocks the other.
pub(crate) async fn acquainted(
    services: &Services,
    user: UserId,
    others: &[UserId],
) -> Result<HashSet<UserId>, ApiError> {
    let relationships = services.social.relationships(user, others).await?;
    let mut known = services.guilds.acquainted(user, others).await?;
    known.extend(relationships.friends);
    known.extend(services.dm.acquainted(user, others).await?);
    known.retain(|id| !relationships.blocked.contains(id));
    Ok(known)
}

/// At most `limit` of those whom `user` knows from a server, a conversation or as one of their `friends`, after `after`, by id; also across
/// a block.
pub(super) async fn acquaintances(
    services: &Services,
    user: UserId,
    friends: &[UserId],
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<UserId>, ApiError> {
    // One more: they themselves may be among them.
    let most = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    let mut known = friends.iter().copied().filter(|id| *id > after).collect::<Vec<_>>();
    known.extend(services.guilds.companions(user, after, most).await?);
    known.extend(services.dm.companions(user, after, most).await?);
    known.retain(|id| *id != user);
    known.sort_unstable();
    known.dedup();
    known.truncate(limit);
    Ok(known)
}

/// A page of those who are there of the people whom `asker` knows, and after whom the next begins.
pub(crate) async fn online(
    services: &Services,
    asker: UserId,
    after: Option<UserId>,
    limit: OnlineLimit,
) -> Result<(Vec<ProfileView>, Option<UserId>), ApiError> {
    let friends =
        services.social.all_friends(asker).await?.iter().map(|friend| friend.friend_id).collect::<Vec<_>>();
    let page = presence::online(services, asker, &friends, after, limit).await?;
    let mut seen: HashMap<_, _> = page.users.into_iter().collect();
    let mut ids = seen.keys().copied().collect::<Vec<_>>();
    ids.sort_unstable();
    let users = services.identity.users(&ids).await?.into_iter();
    let users = users.map(|user| {
        let seen = seen.remove(&user.id);
        ProfileView::of(user, seen)
    });
    Ok((users.collect(), page.next))
}
