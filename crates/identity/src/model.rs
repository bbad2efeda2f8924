//! Domain values.

use diesel::prelude::{Queryable, Selectable};
use kernel::{Timestamp, UserId};

use crate::schema::users;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    /// The account's id.
    pub id: UserId,
    /// The unique name, as written by its owner.
    pub username: String,
    /// The display name.
    pub name: String,
    /// `None` for imported people.
    pub email: Option<String>,
    /// A picture, as a URL.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub bio: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What stands beside everything that somebody wrote or did.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, serde::Serialize, utoipa::ToSchema)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
#[serde(rename_all = "camelCase")]
pub struct UserCard {
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
}

/// A login that succeeded.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who.
    pub user: User,
    /// The access token.
    pub token: String,
    /// When the token stops to work.
    pub expires_at: Timestamp,
}
