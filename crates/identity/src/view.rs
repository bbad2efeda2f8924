//! The JSON shapes of accounts.

use kernel::{Role, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::profile::{Preferences, Status};
use crate::store::accounts::Account;
use crate::{Phone, Session, User};

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

/// How somebody is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceView {
    /// Who.
    pub id: UserId,
    /// Whether they are there, and how. `offline` also for who does not want to be seen.
    #[schema(example = "busy")]
    pub status: Status,
    /// What they are at, when they are there and say so.
    #[schema(example = "at the mill")]
    pub status_message: Option<String>,
    /// Whether they are there.
    pub is_online: bool,
    /// When they were last seen to be there, if it is known: of who is there, the time before.
    pub last_seen: Option<Timestamp>,
}

/// An account as others see it, and how its owner is seen by those who know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// What anybody sees.
    #[serde(flatten)]
    pub user: UserView,
    /// Whether they are there, and how. As all that follows only for those who know them: who share a server with them or
    /// are friends, and neither blocks the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "busy")]
    pub status: Option<Status>,
    /// What they are at, when they are there and say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "at the mill")]
    pub status_message: Option<String>,
    /// Whether they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_online: Option<bool>,
    /// When they were last seen to be there, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

impl ProfileView {
    /// The account, and how its owner is seen, for who may know.
    pub fn of(user: User, presence: Option<PresenceView>) -> Self {
        let user = user.into();
        let Some(PresenceView { status, status_message, is_online, last_seen, .. }) = presence else {
            return Self { user, status: None, status_message: None, is_online: None, last_seen: None };
        };
        Self { user, status: Some(status), status_message, is_online: Some(is_online), last_seen }
    }
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
    /// The owner's phone number; nobody else sees it.
    #[schema(example = "+493012345678")]
    pub phone: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// What the account is in the whole installation.
    pub role: Role,
    /// Whether its owner proved that mail to the address reaches them.
    pub email_verified: bool,
    /// How they want to be seen.
    pub status: Status,
    /// What they are at.
    #[schema(example = "at the mill")]
    pub status_message: Option<String>,
    /// How they want things.
    pub preferences: Preferences,
}

/// An account as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
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
    /// The owner's address; `null` for imported people.
    #[schema(example = "ada@example.org")]
    pub email: Option<String>,
    /// Whether its owner proved that mail to the address reaches them.
    pub email_verified: bool,
    /// What the account is in the whole installation.
    pub role: Role,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// Since when it may not be used.
    pub suspended_at: Option<Timestamp>,
    /// Why it may not be used, as its owner is told.
    #[schema(example = "advertising in every channel")]
    pub suspended_reason: Option<String>,
    /// When its owner logged in last, as far as the audit log reaches back.
    pub last_login: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may not, until an administrator activates it.
    Suspended,
}

impl AccountView {
    pub(crate) fn of(account: Account, last_login: Option<Timestamp>) -> Self {
        Self {
            id: account.id,
            username: account.username,
            name: account.name,
            avatar: account.avatar,
            email: account.email,
            email_verified: account.email_verified_at.is_some(),
            role: account.role,
            status: account.suspended_at.map_or(AccountStatus::Active, |_| AccountStatus::Suspended),
            suspended_at: account.suspended_at,
            suspended_reason: account.suspended_reason,
            last_login,
            created_at: account.created_at,
        }
    }
}

/// A login on one device, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// The session's id.
    pub id: SessionId,
    /// What the client called itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")]
    pub device: Option<String>,
    /// Where it was last logged in or refreshed from.
    #[schema(example = "192.0.2.7")]
    pub address: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl SessionView {
    /// `session` as `asker` sees it.
    pub fn of(session: Session, asker: SessionId) -> Self {
        let Session { id, device, address, created_at, last_used_at, expires_at } = session;
        Self { id, device, address, created_at, last_used_at, expires_at, current: id == asker }
    }
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self { id: user.id, username: user.username, name: user.name, avatar: user.avatar, bio: user.bio }
    }
}

impl SelfView {
    /// The account as its owner sees it, with their phone number, which [`crate::Identity::phone_of`] reads.
    pub fn of(mut user: User, phone: Option<&Phone>) -> Self {
        Self {
            email: user.email.take(),
            phone: phone.map(|phone| phone.as_str().to_string()),
            created_at: user.created_at,
            role: user.role,
            email_verified: user.email_verified_at.is_some(),
            status: user.status,
            status_message: user.status_message.take(),
            preferences: user.preferences.clone(),
            user: user.into(),
        }
    }
}
