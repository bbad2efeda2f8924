//! The section `[limits]`.

use backbone::rates::Rate;
use backbone::settings::Fault;
use serde::Deserialize;

/// Rates. `config/default.toml` says whom each is counted for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Whether rates are limited, of calls and of commands.
    pub enabled: bool,
    /// How long Redis may take to count one thing, milliseconds.
    pub redis_timeout_ms: u64,
    /// Calls that have no rate of their own.
    pub requests: Rate,
    /// Messages sent.
    pub messages: Rate,
    /// Signals of voice and video, by calls and sockets together.
    pub signals: Rate,
    /// Calls that are started, by calls and sockets together.
    pub calls: Rate,
    /// Invite codes looked up or used.
    pub invites: Rate,
    /// Accounts made.
    pub sign_ups: Rate,
    /// Downloads of what is held on oneself.
    pub exports: Rate,
    /// Uploads of files, avatars and icons.
    pub uploads: Rate,
    /// Downloads of channels.
    pub channel_exports: Rate,
    /// Codes and mails for an account.
    pub codes_account: Rate,
    /// Codes and mails asked for by an address.
    pub codes_address: Rate,
    /// Failed logins for an account from one address.
    pub failed_logins_account_address: Rate,
    /// Failed logins for an account from everywhere.
    pub failed_logins_account: Rate,
    /// Failed logins by an address.
    pub failed_logins_address: Rate,
}

impl LimitSettings {
    /// The rates by the names of their settings.
    fn rates(&self) -> [(&'static str, Rate); 14] {
        [
            ("limits.requests", self.requests),
            ("limits.messages", self.messages),
            ("limits.signals", self.signals),
            ("limits.calls", self.calls),
            ("limits.invites", self.invites),
            ("limits.sign_ups", self.sign_ups),
            ("limits.exports", self.exports),
            ("limits.uploads", self.uploads),
            ("limits.channel_exports", self.channel_exports),
            ("limits.codes_account", self.codes_account),
            ("limits.codes_address", self.codes_address),
            ("limits.failed_logins_account_address", self.failed_logins_account_address),
            ("limits.failed_logins_account", self.failed_logins_account),
            ("limits.failed_logins_address", self.failed_logins_address),
        ]
    }

    /// The first setting that is no good, and what it must be.
    pub(crate) fn fault(&self) -> Option<Fault> {
        if self.redis_timeout_ms == 0 {
            return Some(Fault::new("limits.redis_timeout_ms", "must be at least 1"));
        }
        self.rates().into_iter().find_map(|(name, rate)| Some(Fault::new(name, rate.fault()?)))
    }
}
