//! The use cases of accounts.

mod people;
mod revoke;
mod sign_in;
mod sign_up;

use backbone::bus::Bus;
use backbone::db::Pool;
use kernel::{Actor, Env, Internal, Timestamp};
use serde::Deserialize;

use crate::Error;
use crate::password::{HashSettings, Hasher};
use crate::revocation::Revoked;
use crate::token::Tokens;

pub use people::Newcomer;

/// How accounts work here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// Signs access tokens: at least 32 characters, the same in every gateway.
    pub token_secret: String,
    /// How long an access token works, seconds.
    pub token_ttl_s: i64,
    /// How passwords are hashed.
    pub passwords: HashSettings,
}

impl Default for IdentitySettings {
    /// 24 hours, no secret.
    fn default() -> Self {
        Self { token_secret: String::new(), token_ttl_s: 86_400, passwords: HashSettings::default() }
    }
}

impl std::fmt::Debug for IdentitySettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentitySettings")
            .field("token_ttl_s", &self.token_ttl_s)
            .field("passwords", &self.passwords)
            .finish_non_exhaustive()
    }
}

/// Accounts, credentials and sessions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity {
    pool: Pool,
    env: Env,
    bus: Bus,
    revoked: Revoked,
    tokens: Tokens,
    hasher: Hasher,
    token_ttl: chrono::TimeDelta,
}

impl Identity {
    /// The service over `pool`, which tells `bus` of revoked sessions.
    ///
    /// # Errors
    /// bcrypt does not take the cost.
    pub fn new(pool: Pool, env: Env, bus: Bus, settings: &IdentitySettings) -> Result<Self, Internal> {
        Ok(Self {
            pool,
            bus,
            revoked: Revoked::default(),
            tokens: Tokens::new(env.clone(), &settings.token_secret),
            env,
            hasher: Hasher::new(settings.passwords)?,
            token_ttl: chrono::TimeDelta::seconds(settings.token_ttl_s),
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

    /// Who a token speaks for, and until when.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub fn authenticate_until(&self, token: &str) -> Result<(Actor, Timestamp), Error> {
        let (actor, until) = self.tokens.check(token)?;
        if self.revoked.contains(actor.session) { Err(Error::Unauthenticated) } else { Ok((actor, until)) }
    }
}
