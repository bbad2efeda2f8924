//! How large sessions may be, and how long things wait.

use std::time::Duration;

use serde::Deserialize;

use crate::ice::IceSettings;

/// How large sessions may be, and how long things wait.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceSettings {
    /// People in one call or huddle. Everybody sends to everybody else, so this bounds what each of them uploads.
    pub call_members: u32,
    /// People in one voice channel, whatever its own limit says.
    pub channel_members: u32,
    /// How long a call rings, seconds.
    pub ring_s: u64,
    /// How long somebody whose socket was lost has to come back, milliseconds.
    pub grace_ms: u64,
    /// A gateway that gives no sign of life for this long is dead, and its people have left, milliseconds.
    pub lease_ms: u64,
    /// STUN and TURN servers.
    pub ice: IceSettings,
}

impl VoiceSettings {
    /// The setting that is no good, and what it must be.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let all = [
            ("voice.call_members", (2..=32).contains(&self.call_members), "must be 2 to 32"),
            ("voice.channel_members", (2..=99).contains(&self.channel_members), "must be 2 to 99"),
            ("voice.ring_s", (1..=600).contains(&self.ring_s), "must be 1 to 600"),
            ("voice.grace_ms", (100..=60_000).contains(&self.grace_ms), "must be 100 to 60000"),
            ("voice.lease_ms", (1_000..=45_000).contains(&self.lease_ms), "must be 1000 to 45000"),
        ];
        let bad = all.into_iter().find(|(_, good, _)| !good).map(|(name, _, must)| (name, must));
        bad.or_else(|| self.ice.fault())
    }

    /// How long a call rings.
    pub fn ring(&self) -> Duration {
        Duration::from_secs(self.ring_s)
    }

    /// How long somebody whose socket was lost has to come back.
    pub fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    /// After how long without a sign of life a gateway is dead.
    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }
}
