//! What the gateway must be told to find the servers.

use std::path::{Path, PathBuf};

use super::postgres::Login;
use super::profile::Profile;
use super::redis::Access;
use super::{home, secret};
use crate::fail::Outcome;

/// The variable with the database's URL.
pub(crate) const DATABASE: &str = "GUILDHALL__DATABASE__URL";
/// The variable with Redis' URL.
pub(crate) const REDIS: &str = "GUILDHALL__REDIS__URL";

/// The variable with the secret that signs access tokens.
const TOKEN_SECRET: &str = "GUILDHALL__IDENTITY__TOKEN_SECRET";

/// The variable with the keys that secrets are stored under.
const KEYS: &str = "GUILDHALL__IDENTITY__KEYS";

/// How to reach the two servers of a profile, and the secrets that all gateways on them share.
pub(crate) struct Endpoints {
    /// The login of the product's role.
    pub(crate) database: Login,
    redis_url: String,
    token_secret: String,
    keys: String,
}

impl Endpoints {
    pub(super) fn of(database: &Login, redis: &Access, token_secret: String, keys: String) -> Self {
        Self { database: database.clone(), redis_url: redis.url(), token_secret, keys }
    }

    /// The variables of the gateway's environment.
    pub(crate) fn variables(&self) -> [(&'static str, String); 4] {
        [
            (DATABASE, self.database.url()),
            (REDIS, self.redis_url.clone()),
            (TOKEN_SECRET, self.token_secret.clone()),
            (KEYS, self.keys.clone()),
        ]
    }

    /// Where the variables are kept, for other programs.
    pub(super) fn file(root: &Path, profile: Profile) -> PathBuf {
        home::front(root, profile).join("services.env")
    }

    /// Keeps the variables, which hold the passwords.
    pub(super) fn write(&self, root: &Path, profile: Profile) -> Outcome {
        let lines = self.variables().map(|(name, value)| format!("{name}={value}\n"));
        secret::write(&Self::file(root, profile), &lines.concat())
    }
}
