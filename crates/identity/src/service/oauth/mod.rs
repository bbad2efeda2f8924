//! Logging in through somebody else.

mod begin;
mod finish;
mod links;
mod sign_in;

use chrono::TimeDelta;

use super::Identity;
use crate::Error;
use crate::oauth::ProviderView;

pub use begin::Begun;

/// How long a one-time code works.
const CODE_TTL: TimeDelta = TimeDelta::seconds(60);

impl Identity {
    /// The providers that are set up; with a page, those whose logins may end there.
    pub fn oauth_providers(&self, redirect: Option<&str>) -> Vec<ProviderView> {
        let ends_there = redirect.is_none() || self.providers.target(redirect).is_some();
        if ends_there { self.providers.views() } else { Vec::new() }
    }

    /// A provider that is set up.
    fn provider(&self, name: &str) -> Result<&crate::oauth::Provider, Error> {
        self.providers.get(name).ok_or_else(|| match name {
            "google" | "facebook" => Error::ProviderOff { provider: name.into() },
            _ => Error::NoProvider,
        })
    }
}
