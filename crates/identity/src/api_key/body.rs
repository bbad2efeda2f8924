//! What a new key is to be.

use kernel::text::display_name;
use kernel::{Invalid, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::credential::{Scope, Scopes};
use crate::input::NAME_MAX;

/// Who wants a key for another program.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyBody {
    /// What it is for, 1 to 64 characters.
    #[schema(example = "Build server")]
    pub name: String,
    /// What it may do, at least one.
    #[schema(example = json!(["read", "write"]), min_items = 1)]
    pub scopes: Vec<Scope>,
    /// When it stops to work; `null` or absent: when it is revoked.
    #[schema(example = "2127-01-02T03:04:05.678Z")]
    pub expires_at: Option<Timestamp>,
    /// The account's password. Needed unless the login is less than ten minutes old.
    #[schema(example = "correct horse battery")]
    pub password: Option<String>,
}

impl std::fmt::Debug for ApiKeyBody {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKeyBody").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A wish for a key that obeys the rules.
pub(crate) struct NewKey {
    pub(crate) name: String,
    pub(crate) scopes: Scopes,
    pub(crate) expires_at: Option<Timestamp>,
}

impl NewKey {
    pub(crate) fn parse(body: ApiKeyBody, now: Timestamp) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = display_name(&body.name, NAME_MAX).unwrap_or_else(|must| {
            invalid.add("name", must);
            String::new()
        });
        if body.scopes.is_empty() {
            invalid.add("scopes", "must have at least one of read, write");
        }
        if body.expires_at.is_some_and(|at| at <= now) {
            invalid.add("expiresAt", "must be in the future");
        }
        invalid.into_result()?;
        Ok(Self { name, scopes: Scopes::of(&body.scopes), expires_at: body.expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_rule_is_named() {
        let now = Timestamp::from_millis(1_700_000_000_000).unwrap();
        let parse = |json: &str| NewKey::parse(serde_json::from_str(json).unwrap(), now);
        let bad = parse(r#"{"name": " ", "scopes": [], "expiresAt": "2020-01-01T00:00:00Z"}"#);
        let told = bad.err().unwrap().to_string();
        assert!(["name", "scopes", "expiresAt"].iter().all(|field| told.contains(field)), "{told}");
        let good = parse(r#"{"name": " x  y ", "scopes": ["write", "write"]}"#).ok().unwrap();
        assert_eq!((good.name.as_str(), good.scopes), ("x y", Scopes { read: false, write: true }));
        assert!(serde_json::from_str::<ApiKeyBody>(r#"{"name": "x", "scopes": ["admin"]}"#).is_err());
    }
}
