//! Who may read the figures.

use std::net::SocketAddr;

use backbone::settings::{Fault, given};
use serde::Deserialize;

/// Characters that a token must have: one that can be guessed is worse than none.
const TOKEN_MIN: usize = 32;

/// Who may read `GET /metrics`: nobody, unless one of these is given.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// Whoever sends it as `Authorization: Bearer <token>`, where everything else is served, too.
    #[serde(deserialize_with = "given")]
    pub token: Option<String>,
    /// Everybody who reaches this address, `host:port`, where nothing else is served.
    #[serde(deserialize_with = "given")]
    pub listen: Option<String>,
}

impl MetricsSettings {
    /// The setting that is no good, and what it must be.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let long = self.token.as_ref().is_none_or(|token| token.chars().count() >= TOKEN_MIN);
        let address = self.listen.is_none() || self.address().is_some();
        Fault::first([
            (long, "metrics.token", "must have at least 32 characters"),
            (address, "metrics.listen", "must be an address and a port: 127.0.0.1:9464"),
        ])
    }

    /// The address that serves nothing else.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listen.as_ref()?.parse().ok()
    }
}

impl std::fmt::Debug for MetricsSettings {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsSettings").field("listen", &self.listen).finish_non_exhaustive()
    }
}
