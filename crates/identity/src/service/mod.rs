//! The use cases of accounts.

mod accounts;
mod api_keys;
mod audit;
mod change_email;
mod change_password;
mod confirm;
mod erase;
mod export;
mod factor;
mod maintenance;
mod notify;
mod oauth;
mod people;
mod phones;
mod profile;
mod refresh;
mod reset_password;
mod revoke;
mod search;
mod secrets;
mod sessions;
mod sign_in;
mod sign_up;
mod stats;
mod verify_email;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use backbone::jobs::Queue;
use chrono::TimeDelta;
use kernel::{Actor, Env, Internal, Timestamp};

use crate::api_key::{KnownKeys, PREFIX};
use crate::bearer::Secret;
use crate::credential::{Credential, Reach};
use crate::last_used::Used;
use crate::mail::Mailer;
use crate::oauth::{Flows, Providers};
use crate::password::Hasher;
use crate::password_rules::PasswordRules;
use crate::refresh::RefreshTokens;
use crate::revocation::Revoked;
use crate::secret::Digests;
use crate::settings::IdentitySettings;
use crate::sms::{self, SmsProvider};
use crate::token::{TokenSettings, Tokens};
use crate::vault::Vault;
use crate::{Error, api_key};

pub use accounts::{AccountsLimit, AccountsQuery};
pub use audit::{AuditLimit, AuditQuery};
pub use factor::{BeginView, FactorSettings};
pub use oauth::Begun;
pub use people::Newcomer;
pub use profile::Changed;
pub use revoke::Heard;
pub use secrets::{KeyUse, Rotation};
pub use stats::UserCounts;

/// Accounts, credentials and sessions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity {
    pool: Pool,
    env: Env,
    bus: Bus,
    jobs: Queue,
    mailer: Mailer,
    revoked: Revoked,
    used: Used,
    keys: KnownKeys,
    tokens: Tokens,
    refresh_tokens: RefreshTokens,
    digests: Digests,
    hasher: Hasher,
    password_rules: PasswordRules,
    require_verified_email: bool,
    vault: Vault,
    factor: FactorSettings,
    sms: Option<Arc<dyn SmsProvider>>,
    providers: Providers,
    flows: Flows,
    token_ttl: TimeDelta,
    refresh_ttl: TimeDelta,
    audit_kept: TimeDelta,
}

impl Identity {
    /// The service over `pool`, which tells `bus` of revoked sessions, and writes to `jobs` what is to be mailed by
    /// `mailer` (see [`Self::handlers`]).
    ///
    /// # Errors
    /// bcrypt does not take the cost, a key file cannot be read, `keys` are none, or the settings of a provider (of logins
    /// or text messages) are no good.
    pub fn new(
        pool: Pool,
        env: Env,
        bus: Bus,
        jobs: Queue,
        mailer: Mailer,
        settings: &IdentitySettings,
    ) -> Result<Self, Internal> {
        let keys = TokenSettings {
            secret: &settings.token_secret,
            old_secrets: &settings.token_secrets_accepted,
            key_file: settings.token_key_file.as_ref(),
            old_key_files: &settings.token_key_files_accepted,
        };
        Ok(Self {
            pool,
            bus,
            jobs,
            mailer,
            revoked: Revoked::default(),
            used: Used::default(),
            keys: KnownKeys::default(),
            tokens: Tokens::new(env.clone(), &keys)?,
            refresh_tokens: RefreshTokens::new(&settings.token_secret),
            vault: Vault::new(env.clone(), &settings.keys)?,
            factor: settings.second_factor.clone(),
            sms: sms::provider(&settings.sms, &env)?,
            providers: Providers::new(&settings.oauth)?,
            flows: Flows::new(env.clone(), &settings.token_secret),
            env,
            digests: Digests::new(&settings.token_secret),
            hasher: Hasher::new(settings.passwords)?,
            password_rules: settings.passwords.rules(),
            require_verified_email: settings.require_verified_email,
            token_ttl: TimeDelta::seconds(settings.token_ttl_s),
            refresh_ttl: TimeDelta::seconds(settings.refresh_ttl_s),
            audit_kept: TimeDelta::days(settings.audit_days),
        })
    }

    /// Who a token speaks for. Needs no database.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it is none of ours or its session was revoked, [`Error::TokenExpired`] when its
    /// time is over.
    pub fn authenticate(&self, token: &str) -> Result<Actor, Error> {
        self.authenticate_until(token).map(|(actor, _)| actor)
    }

    /// What a caller proved with an access token or an API key, when no database is needed to tell: with every token, and
    /// with keys that were looked up lately. Else ask [`Self::look_up`].
    ///
    /// # Errors
    /// As [`Self::authenticate`]; [`Error::KeyRefused`].
    pub fn known(&self, credential: &str) -> Option<Result<Credential, Error>> {
        if !credential.starts_with(PREFIX) {
            return Some(self.authenticate_until(credential).map(|(actor, until)| Credential {
                actor,
                reach: Reach::Login,
                until: Some(until),
            }));
        }
        match Secret::parse(PREFIX, credential) {
            Some(secret) => self.known_key(&secret.hash()),
            None => Some(Err(Error::KeyRefused)),
        }
    }

    /// What a caller proved with an access token or an API key.
    ///
    /// # Errors
    /// As [`Self::known`]; [`Error::Busy`] when too many keys are being looked up, [`Error::Database`].
    pub async fn look_up(&self, credential: &str) -> Result<Credential, Error> {
        match (self.known(credential), Secret::parse(PREFIX, credential)) {
            (Some(known), _) => known,
            (None, Some(secret)) => self.find_key(secret.hash()).await,
            (None, None) => Err(Error::Unauthenticated),
        }
    }

    /// How long a revocation must be remembered: as long as anything works without asking the database.
    fn memory(&self) -> TimeDelta {
        // A key is remembered from its look-up on, which may take a while itself.
        self.token_ttl.max(api_key::KEPT * 4)
    }

    /// Who a token speaks for, and until when.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub fn authenticate_until(&self, token: &str) -> Result<(Actor, Timestamp), Error> {
        let (actor, until) = self.tokens.check(token)?;
        if self.revoked.contains(actor.session) {
            return Err(Error::Unauthenticated);
        }
        self.used.note(actor.session);
        Ok((actor, until))
    }
}
