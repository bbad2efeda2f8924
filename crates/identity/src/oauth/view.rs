//! The JSON shapes of providers and links.

use diesel::prelude::{Queryable, Selectable};
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema::oauth_links;

/// A provider that one can log in through here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderView {
    /// Its name in paths.
    #[schema(example = "google")]
    pub name: String,
    /// What people call it.
    #[schema(example = "Google")]
    pub label: String,
    /// Where to send a browser, with `challenge` and, when not the usual page, `redirect`.
    #[schema(example = "/api/auth/oauth/google")]
    pub url: String,
}

/// A link as its table has it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = oauth_links, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Link {
    pub(crate) provider: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
}

/// A provider that an account is linked to: who is known there may log in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// The provider's name in paths.
    #[schema(example = "google")]
    pub provider: String,
    /// What people call it.
    #[schema(example = "Google")]
    pub label: String,
    /// When they were linked.
    pub created_at: Timestamp,
    /// When it was last logged in with.
    pub last_used_at: Timestamp,
}
