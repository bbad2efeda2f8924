//! How accounts work here.

use backbone::settings::{Fault, given, list};
use serde::Deserialize;

use crate::{FactorSettings, OauthSettings, PasswordSettings, SecretKeys, SmsSettings};

/// How accounts work here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// Signs access tokens: at least 32 characters, the same in every gateway.
    pub token_secret: String,
    /// How long an access token works, seconds.
    pub token_ttl_s: i64,
    /// How long a session lasts after its last refresh, seconds.
    pub refresh_ttl_s: i64,
    /// Secrets that signed until lately: tokens signed with them are accepted still.
    #[serde(deserialize_with = "list")]
    pub token_secrets_accepted: Vec<String>,
    /// A file with an Ed25519 private key (PEM, PKCS #8). When given, access tokens are signed with it (EdDSA) and those
    /// signed with secrets are refused.
    #[serde(deserialize_with = "given")]
    pub token_key_file: Option<String>,
    /// Key files that signed until lately.
    #[serde(deserialize_with = "list")]
    pub token_key_files_accepted: Vec<String>,
    /// How long what happens to accounts stays in the audit log, days.
    pub audit_days: i64,
    /// Whether nobody may log in before they proved their address.
    pub require_verified_email: bool,
    /// What passwords must have, and how they are hashed.
    pub passwords: PasswordSettings,
    /// Under which phone numbers and the secrets of second factors are stored; the same in every gateway.
    pub keys: SecretKeys,
    /// Second factors.
    pub second_factor: FactorSettings,
    /// Text messages.
    pub sms: SmsSettings,
    /// Logging in through other providers.
    pub oauth: OauthSettings,
}

impl IdentitySettings {
    /// The first setting that is no good. In `production` passwords must cost more, and text messages may not end in a folder.
    pub fn fault(&self, production: bool) -> Option<Fault> {
        let name = &self.second_factor.name;
        let named = (1..=32).contains(&name.chars().count()) && !name.contains(char::is_control);
        let (least, costs) = if production { (10, "must be 10 to 31") } else { (4, "must be 4 to 31") };
        let own = Fault::first([
            (self.token_secret.len() >= 32, "identity.token_secret", "must have at least 32 characters"),
            (named, "identity.second_factor.name", "must be 1 to 32 characters"),
            (self.token_ttl_s > 0, "identity.token_ttl_s", "must be positive"),
            (
                self.refresh_ttl_s >= self.token_ttl_s,
                "identity.refresh_ttl_s",
                "must be at least identity.token_ttl_s",
            ),
            ((30..=36_500).contains(&self.audit_days), "identity.audit_days", "must be 30 to 36500"),
            ((least..=31).contains(&self.passwords.cost), "identity.passwords.cost", costs),
            (self.passwords.threads > 0, "identity.passwords.threads", "must be at least 1"),
        ]);
        own.or_else(|| self.keys.fault())
            .or_else(|| self.sms.fault(production))
            .or_else(|| self.oauth.fault())
    }
}

impl Default for IdentitySettings {
    /// 24 hours and 30 days, no secret, no key.
    fn default() -> Self {
        Self {
            token_secret: String::new(),
            token_ttl_s: 86_400,
            refresh_ttl_s: 2_592_000,
            token_secrets_accepted: Vec::new(),
            token_key_file: None,
            token_key_files_accepted: Vec::new(),
            audit_days: 365,
            require_verified_email: false,
            passwords: PasswordSettings::default(),
            keys: SecretKeys::default(),
            second_factor: FactorSettings::default(),
            sms: SmsSettings::default(),
            oauth: OauthSettings::default(),
        }
    }
}

impl std::fmt::Debug for IdentitySettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentitySettings")
            .field("token_ttl_s", &self.token_ttl_s)
            .field("refresh_ttl_s", &self.refresh_ttl_s)
            .field("audit_days", &self.audit_days)
            .field("token_key_file", &self.token_key_file)
            .field("token_key_files_accepted", &self.token_key_files_accepted)
            .field("require_verified_email", &self.require_verified_email)
            .field("keys", &self.keys)
            .field("passwords", &self.passwords)
            .field("second_factor", &self.second_factor)
            .field("sms", &self.sms)
            .field("oauth", &self.oauth)
            .finish_non_exhaustive()
    }
}
