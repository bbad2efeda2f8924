//! People, as others see them.

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
    let known = id == asker || services.guilds.acquainted(asker, &[id]).await?.contains(&id);
    Ok(ProfileView::of(user, known))
}

/// Finds people for `asker`, who does not find themselves.
pub(crate) async fn search(
    services: &Services,
    asker: UserId,
    wanted: &Wanted,
    offset: i64,
    limit: SearchLimit,
) -> Result<People, ApiError> {
    let hidden = [asker];
    let found = services.identity.search(wanted, &hidden, offset, limit).await?;
    let ids = found.people.iter().map(|user| user.id).collect::<Vec<_>>();
    let known = services.guilds.acquainted(asker, &ids).await?;
    let users = found.people.into_iter().map(|user| {
        let known = known.contains(&user.id);
        ProfileView::of(user, known)
    });
    Ok(People { users: users.collect(), total: found.total, next: found.next })
}
