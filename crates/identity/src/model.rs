//! Domain values.

use diesel::prelude::{Queryable, Selectable};
use kernel::{Role, SessionId, Timestamp, UserId};

use crate::Phone;
use crate::profile::{Preferences, Status};
use crate::schema::{sessions, users};

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
    /// What the account is in the whole installation.
    pub role: Role,
    /// When its owner proved that mail to the address reaches them.
    pub email_verified_at: Option<Timestamp>,
    /// How they want to be seen.
    pub status: Status,
    /// What they are at.
    pub status_message: Option<String>,
    /// How they want things.
    #[diesel(embed)]
    pub preferences: Preferences,
    /// Their phone number, for [`crate::Identity::phone_of`].
    pub(crate) phone_sealed: Option<Vec<u8>>,
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

/// A login that succeeded, or one that goes on.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who.
    pub user: User,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// The session that was opened, or goes on.
    pub session: SessionId,
    /// What the session's owner needs to use it.
    pub tokens: TokenPair,
}

/// What the owner of a session has.
#[derive(Clone)]
pub struct TokenPair {
    /// The access token.
    pub access: String,
    /// When the access token stops to work.
    pub expires_at: Timestamp,
    /// Good for one more pair, once.
    pub refresh: String,
    /// When the refresh token stops to work, and with it the session.
    pub refresh_expires_at: Timestamp,
}

impl std::fmt::Debug for TokenPair {
    /// Without the tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A login on one device.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// What the client called itself.
    pub device: Option<String>,
    /// Where it was last logged in or refreshed from.
    pub address: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
}
