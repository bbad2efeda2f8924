//! How large sessions may be, and how long things wait.

use std::time::Duration;

use backbone::settings::Fault;
use chrono::TimeDelta;
use serde::Deserialize;

use crate::ice::IceSettings;

/// How large sessions may be, and how long things wait.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceSettings {
    /// People in one voice channel. Everybody sends to everybody else, so this bounds what each of them uploads.
    pub channel_members: u32,
    /// People in one call or huddle. A call may be made in a conversation of more; it is full then.
    pub call_members: u32,
    /// How long a call rings, seconds.
    pub ring_s: u64,
    /// How long somebody whose socket was lost has to come back, milliseconds.
    pub grace_ms: u64,
    /// STUN and TURN servers.
    pub ice: IceSettings,
}

/// Parts of the grace by which a participant counts as seen beyond it: the time in which a gateway looks again.
const SLACK: u32 = 3;

impl VoiceSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let own = Fault::first([
            ((2..=99).contains(&self.channel_members), "voice.channel_members", "must be 2 to 99"),
            ((2..=99).contains(&self.call_members), "voice.call_members", "must be 2 to 99"),
            ((5..=600).contains(&self.ring_s), "voice.ring_s", "must be 5 to 600"),
            ((1_000..=40_000).contains(&self.grace_ms), "voice.grace_ms", "must be 1000 to 40000"),
        ]);
        own.or_else(|| self.ice.fault())
    }

    /// How long a call rings.
    pub(crate) fn ring(&self) -> TimeDelta {
        TimeDelta::seconds(i64::try_from(self.ring_s).unwrap_or(i64::MAX / 1_000))
    }

    /// How long somebody whose socket was lost has to come back.
    pub(crate) fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    /// How long somebody counts as being there after a gateway saw their device. It looks again when less than the grace
    /// is left, so that nobody has less than that to come back.
    pub(crate) fn unseen(&self) -> Duration {
        self.grace() + self.grace() / SLACK
    }

    /// How often a gateway looks: several times before the time of somebody whom it saw is over.
    pub(crate) fn round(&self) -> Duration {
        self.grace() / (SLACK * SLACK)
    }
}
