//! Domain values.

use diesel::prelude::{Insertable, Queryable, Selectable};
use kernel::{FriendRequestId, Timestamp, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::schema::{blocks, friend_requests, friendships};

/// One side of a friendship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = friendships, check_for_backend(diesel::pg::Pg))]
pub struct Friend {
    /// The friend.
    pub friend_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
}

/// Somebody who is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blocks, check_for_backend(diesel::pg::Pg))]
pub struct Block {
    /// Whom.
    pub blocked_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
}

/// A friend request that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = friend_requests, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Request {
    pub(crate) id: FriendRequestId,
    pub(crate) sender_id: UserId,
    pub(crate) receiver_id: UserId,
    pub(crate) created_at: Timestamp,
}

impl Request {
    /// The one of the two who is not `user`.
    pub(crate) fn beside(&self, user: UserId) -> UserId {
        if self.sender_id == user { self.receiver_id } else { self.sender_id }
    }
}

/// Which way requests go, as seen by one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Others asked.
    Incoming,
    /// They asked.
    Outgoing,
}
