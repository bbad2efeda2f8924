//! Friends, as those who have them see them.

use identity::ProfileView;
use kernel::{FriendRequestId, Page, Timestamp, UserId};
use serde::Serialize;
use social::input::AskBody;
use social::{Friend, FriendsLimit, RequestStatus, RequestView};
use utoipa::ToSchema;

use super::users;
use crate::http::ApiError;
use crate::presence;
use crate::services::Services;

/// A friend, as the user sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FriendView {
    #[serde(flatten)]
    pub(crate) user: ProfileView,
    /// Since when they are friends.
    pub(crate) since: Timestamp,
}

/// A page of the user's friends, by their ids.
pub(crate) async fn list(
    services: &Services,
    user: UserId,
    after: Option<UserId>,
    limit: FriendsLimit,
) -> Result<Page<FriendView>, ApiError> {
    let Page { items, has_more } = services.social.friends(user, after, limit).await?;
    Ok(Page { items: views(services, &items).await?, has_more })
}

/// All friends of the user, by their ids: as many as one may have.
pub(crate) async fn all(services: &Services, user: UserId) -> Result<Vec<FriendView>, ApiError> {
    views(services, &services.social.all_friends(user).await?).await
}

/// Asks somebody of this name to be a friend.
pub(crate) async fn ask(services: &Services, user: UserId, body: &AskBody) -> Result<RequestView, ApiError> {
    let other = services.identity.by_username(&body.username).await?.ok_or(social::Error::NoUser)?;
    if other.id == user {
        return Err(kernel::Invalid::field("username", "must be somebody else's").into());
    }
    ask_by_id(services, user, other.id).await
}

/// Asks somebody to be a friend. Two who become friends are told how each other is.
pub(crate) async fn ask_by_id(
    services: &Services,
    user: UserId,
    other: UserId,
) -> Result<RequestView, ApiError> {
    let request = services.social.ask(user, other).await?;
    if request.status == RequestStatus::Accepted {
        presence::introduce(services, user, other).await?;
    }
    Ok(request)
}

/// Blocks somebody. Who knew that the other is there is told that they are not any more.
pub(crate) async fn block(services: &Services, user: UserId, other: UserId) -> Result<(), ApiError> {
    services.social.block(user, other).await?;
    presence::part(services, user, other).await
}

/// Accepts a request; the friend who was gained.
pub(crate) async fn accept(
    services: &Services,
    user: UserId,
    request: FriendRequestId,
) -> Result<FriendView, ApiError> {
    let friend = services.social.accept(user, request).await?;
    presence::introduce(services, user, friend.friend_id).await?;
    views(services, &[friend]).await?.pop().ok_or_else(|| social::Error::NoUser.into())
}

/// One user's friends as they see them, in the order of `friends`. One whose account is gone by now is left out.
async fn views(services: &Services, friends: &[Friend]) -> Result<Vec<FriendView>, ApiError> {
    let ids = friends.iter().map(|friend| friend.friend_id).collect::<Vec<_>>();
    let mut profiles = users::known(services, &ids).await?;
    let views = friends.iter().filter_map(|friend| {
        Some(FriendView { user: profiles.remove(&friend.friend_id)?, since: friend.created_at })
    });
    Ok(views.collect())
}
