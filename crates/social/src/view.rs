//! The JSON shapes of this crate.

use identity::UserCard;
use kernel::{FriendRequestId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Request;

/// What has become of a friend request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RequestStatus {
    /// It waits for its answer.
    Pending,
    /// They are friends.
    Accepted,
}

/// A friend request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestView {
    /// The request's id.
    pub id: FriendRequestId,
    /// Who asks.
    pub from: UserCard,
    /// Whom.
    pub to: UserCard,
    /// What has become of it.
    #[schema(example = "pending")]
    pub status: RequestStatus,
    /// When they asked.
    pub created_at: Timestamp,
}

impl RequestView {
    pub(crate) fn new(request: &Request, from: UserCard, to: UserCard, status: RequestStatus) -> Self {
        Self { id: request.id, from, to, status, created_at: request.created_at }
    }
}

/// Somebody whom the caller blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockedView {
    /// Whom.
    #[serde(flatten)]
    pub user: UserCard,
    /// Since when.
    pub blocked_at: Timestamp,
}
