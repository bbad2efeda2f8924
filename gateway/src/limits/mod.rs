//! How often people may do things: rule by rule, over [`backbone::rates`].

mod answer;
mod key;
mod middleware;
mod policy;
mod settings;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backbone::rates::{Decision, Quota, Rates};
use kernel::{Code, Env, Internal, UserId};

pub use settings::LimitSettings;

pub(crate) use answer::headers;
pub(crate) use key::Account;
pub(crate) use middleware::count;
pub(crate) use policy::Policy;

use crate::config::Settings;
use crate::http::ApiError;
use key::{Keys, place};

/// The limits of this server; they limit nothing when `limits.enabled` is off. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Option<Arc<Inner>>);

struct Inner {
    rates: Rates,
    settings: LimitSettings,
    keys: Keys,
    /// Refusals, by the name of the rate. The lock costs only who is refused.
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Inner {
    /// Charges the buckets, and counts a refusal.
    async fn take(&self, buckets: &[(Quota, &str)]) -> Option<Decision> {
        let decision = self.rates.take(buckets, 1).await;
        if let Some(refusal) = decision.as_ref().filter(|decision| !decision.allowed) {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            *refused.entry(refusal.quota.name).or_default() += 1;
        }
        decision
    }
}

impl Limits {
    /// Starts to count, on the present runtime.
    ///
    /// # Errors
    /// Redis's address is malformed.
    pub fn start(settings: &Settings, env: &Env) -> Result<Self, Internal> {
        if !settings.limits.enabled {
            return Ok(Self(None));
        }
        let patience = Duration::from_millis(settings.limits.redis_timeout_ms);
        let rates = Rates::start(&settings.redis, patience, env)?;
        let keys = Keys::new(&settings.identity.token_secret);
        Ok(Self(Some(Arc::new(Inner { rates, settings: settings.limits, keys, refused: Mutex::default() }))))
    }

    /// Whether all gateways count together, or nobody counts.
    pub fn is_shared(&self) -> bool {
        self.0.as_ref().is_none_or(|inner| inner.rates.is_shared())
    }

    /// What was refused so far, by the name of the rate.
    pub(crate) fn refused(&self) -> BTreeMap<&'static str, u64> {
        let refused =
            |inner: &Arc<Inner>| inner.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.0.as_ref().map(refused).unwrap_or_default()
    }

    /// Whether nothing is limited.
    pub(crate) fn is_off(&self) -> bool {
        self.0.is_none()
    }

    /// Counts a call; `None` when it is not counted.
    pub(crate) async fn call(
        &self,
        policy: Policy,
        user: Option<UserId>,
        address: IpAddr,
    ) -> Option<Decision> {
        let inner = self.0.as_ref()?;
        let (policy, user) = policy.for_caller(user);
        let rate = match policy {
            Policy::None => return None,
            Policy::Requests => inner.settings.requests,
            Policy::Messages => inner.settings.messages,
            Policy::Signals => inner.settings.signals,
            Policy::Invites => inner.settings.invites,
            Policy::SignUps => inner.settings.sign_ups,
            Policy::Exports => inner.settings.exports,
            Policy::Uploads => inner.settings.uploads,
            Policy::ChannelExports => inner.settings.channel_exports,
        };
        let key = user.map_or_else(|| place(address), |user| user.to_string());
        inner.take(&[(Quota::new(policy.name(), rate), &key)]).await
    }

    /// Counts a message that somebody sends by a socket, together with those that they send by calls.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(crate) async fn message(&self, user: UserId) -> Result<(), ApiError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let quota = Quota::new(Policy::Messages.name(), inner.settings.messages);
        allowed(inner.take(&[(quota, &user.to_string())]).await)
    }

    /// Counts a signal that somebody sends by a socket, together with those that they send by calls.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(crate) async fn signal(&self, user: UserId) -> Result<(), ApiError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let quota = Quota::new(Policy::Signals.name(), inner.settings.signals);
        allowed(inner.take(&[(quota, &user.to_string())]).await)
    }

    /// Counts a call that somebody starts, by whichever door.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(crate) async fn ring(&self, user: UserId) -> Result<(), ApiError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let quota = Quota::new("calls", inner.settings.calls);
        allowed(inner.take(&[(quota, &user.to_string())]).await)
    }

    /// Counts a code or mail that is about to be sent (verification, reset, SMS), for the account that gets it and the
    /// address that asked for it. Ask before it is queued, and ask alike for accounts that do not exist. Where it goes to a
    /// mailbox or phone, name that, so that all that goes there counts together.
    ///
    /// # Errors
    /// `RATE_LIMITED`: nothing may be sent.
    pub(crate) async fn code(&self, account: Account<'_>, address: IpAddr) -> Result<(), ApiError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let (account, address) = (inner.keys.account(account), place(address));
        let by_account = Quota::grouped("codes", "codes-account", inner.settings.codes_account);
        let by_address = Quota::grouped("codes", "codes-address", inner.settings.codes_address);
        allowed(inner.take(&[(by_account, &account), (by_address, &address)]).await)
    }

    /// Makes an attempt to prove who one is, and counts it when it fails with `INVALID_CREDENTIALS`: for the account from
    /// this address, for the account from everywhere, and for the address. The attempt is counted before it is made and
    /// given back when it did not fail, so attempts at the same time are no way around it; one that is never finished
    /// stays counted.
    ///
    /// # Errors
    /// `RATE_LIMITED`: it was not made. Else its own.
    pub(crate) async fn attempt<T, E: Into<ApiError>>(
        &self,
        account: Account<'_>,
        address: IpAddr,
        attempt: impl Future<Output = Result<T, E>>,
    ) -> Result<T, ApiError> {
        let Some(inner) = &self.0 else { return attempt.await.map_err(Into::into) };
        let (account, address) = (inner.keys.account(account), place(address));
        let (both, settings) = (format!("{account}:{address}"), &inner.settings);
        let quota = |name, rate| Quota::grouped("failed-logins", name, rate);
        let buckets = [
            (quota("failed-logins-account-address", settings.failed_logins_account_address), both.as_str()),
            (quota("failed-logins-account", settings.failed_logins_account), &account),
            (quota("failed-logins-address", settings.failed_logins_address), &address),
        ];
        allowed(inner.take(&buckets).await)?;
        let done = attempt.await.map_err(Into::into);
        if !done.as_ref().is_err_and(|error| error.code == Code::InvalidCredentials) {
            inner.rates.give_back(&buckets, 1).await;
        }
        done
    }
}

fn allowed(decision: Option<Decision>) -> Result<(), ApiError> {
    match decision {
        Some(decision) if !decision.allowed => Err(ApiError::refused(decision)),
        _ => Ok(()),
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Limits").field(&self.0.as_ref().map(|inner| &inner.rates)).finish()
    }
}
