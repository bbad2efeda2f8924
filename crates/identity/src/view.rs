//! The JSON shapes of accounts.

use kernel::{Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::User;

/// An account as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// The account's id.
    pub id: UserId,
    /// The unique name.
    #[schema(example = "ada")]
    pub username: String,
    /// The display name.
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    /// A picture, as a URL.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub bio: Option<String>,
}

/// An account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SelfView {
    /// What others see.
    #[serde(flatten)]
    pub user: UserView,
    /// The owner's address; nobody else sees it.
    #[schema(example = "ada@example.org")]
    pub email: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self { id: user.id, username: user.username, name: user.name, avatar: user.avatar, bio: user.bio }
    }
}

impl From<User> for SelfView {
    fn from(mut user: User) -> Self {
        Self { email: user.email.take(), created_at: user.created_at, user: user.into() }
    }
}
