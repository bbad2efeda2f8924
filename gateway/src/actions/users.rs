//! People, as others see them.

use std::collections::{HashMap, HashSet};

use identity::ProfileView;
use identity::input::{SearchLimit, Wanted};
use kernel::UserId;

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
    let known = id == asker || acquainted(services, asker, &[id]).await?.contains(&id);
    Ok(ProfileView::of(user, known))
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
    let blocked = services.social.ties(asker, &found).await?.blocked;
    found.retain(|id| !blocked.contains(id));
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let offset = offset.clamp(0, total);
    let (from, size) = (usize::try_from(offset).unwrap_or(0), usize::try_from(limit.get()).unwrap_or(0));
    let page = found.into_iter().skip(from).take(size).collect::<Vec<_>>();
    let users = services.identity.users(&page).await?;
    let known = acquainted(services, asker, &page).await?;
    let users = users.into_iter().map(|user| {
        let known = known.contains(&user.id);
        ProfileView::of(user, known)
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
    Ok(users.into_iter().map(|user| (user.id, ProfileView::of(user, true))).collect())
}

/// Those of `others` whose status `user` may see: they share a server or a conversation, or are friends, and neither blocks the other.
pub(crate) async fn acquainted(
    services: &Services,
    user: UserId,
    others: &[UserId],
) -> Result<HashSet<UserId>, ApiError> {
    let ties = services.social.ties(user, others).await?;
    let mut known = services.guilds.acquainted(user, others).await?;
    known.extend(ties.friends);
    known.extend(services.dm.acquainted(user, others).await?);
    known.retain(|id| !ties.blocked.contains(id));
    Ok(known)
}
