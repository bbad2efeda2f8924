//! The JSON shape of a key.

use diesel::prelude::{Queryable, Selectable};
use kernel::{ApiKeyId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::credential::{Scope, Scopes};
use crate::schema::api_keys;

/// A key as its table has it, without what it is checked by.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) may_read: bool,
    pub(crate) may_write: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
}

/// A key that another program calls with, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it is for.
    #[schema(example = "Build server")]
    pub name: String,
    /// How the key begins.
    #[schema(example = "ghk_6f1c0e2b")]
    pub prefix: String,
    /// What it may do.
    #[schema(example = json!(["read", "write"]))]
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to work; `null`: when it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; `null`: never.
    pub last_used_at: Option<Timestamp>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey { id, name, prefix, may_read, may_write, created_at, expires_at, last_used_at } = key;
        let scopes = Scopes { read: may_read, write: may_write }.list();
        Self { id, name, prefix, scopes, created_at, expires_at, last_used_at }
    }
}

/// A new key.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed {
    /// The key as its owner sees it from now on.
    pub api_key: ApiKeyView,
    /// What the other program needs. Never shown again.
    pub key: String,
}

impl std::fmt::Debug for Revealed {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revealed").field("api_key", &self.api_key).finish_non_exhaustive()
    }
}
