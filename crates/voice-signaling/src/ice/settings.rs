//! The section `[voice.ice]`.

use std::ops::RangeInclusive;

use backbone::settings::{Fault, list};
use serde::{Deserialize, Deserializer};

use super::uri::IceUri;

/// Seconds that credentials may last. At most a day, as the draft of the TURN REST API (draft-uberti-behave-turn-rest)
/// recommends; less than ten minutes would end before a page that was left open asks again.
const LIFETIME: RangeInclusive<u32> = 600..=86_400;

/// Bytes of the secret. Everybody who has an account gets a HMAC-SHA1 under it, and may try secrets at home: it must be
/// beyond guessing.
const SECRET_MIN: usize = 32;

/// Servers of each kind. Browsers slow down with more than a few, and say so in their consoles.
const SERVERS_MAX: usize = 8;

/// STUN and TURN servers. `config/default.toml` says what each setting means.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IceSettings {
    /// STUN servers.
    #[serde(deserialize_with = "uris")]
    pub stun: Vec<IceUri>,
    /// TURN servers.
    #[serde(deserialize_with = "uris")]
    pub turn: Vec<IceUri>,
    /// What the TURN servers and we have in common.
    pub secret: String,
    /// How long credentials last, seconds.
    pub lifetime_s: u32,
}

impl IceSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let few = |uris: &[IceUri]| uris.len() <= SERVERS_MAX;
        let rules = [
            (
                !self.stun.iter().any(IceUri::is_turn) && few(&self.stun),
                "voice.ice.stun",
                "must be at most 8 addresses that start with stun: or stuns:",
            ),
            (
                self.turn.iter().all(IceUri::is_turn) && few(&self.turn),
                "voice.ice.turn",
                "must be at most 8 addresses that start with turn: or turns:",
            ),
            (
                self.turn.is_empty() || self.secret.len() >= SECRET_MIN,
                "voice.ice.secret",
                "must have at least 32 characters where there is a voice.ice.turn",
            ),
            (LIFETIME.contains(&self.lifetime_s), "voice.ice.lifetime_s", "must be 600 to 86400"),
        ];
        Fault::first(rules)
    }
}

impl Default for IceSettings {
    /// No servers: who is not in the same network does not reach each other.
    fn default() -> Self {
        Self { stun: Vec::new(), turn: Vec::new(), secret: String::new(), lifetime_s: 43_200 }
    }
}

impl std::fmt::Debug for IceSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceSettings")
            .field("stun", &self.stun)
            .field("turn", &self.turn)
            .field("lifetime_s", &self.lifetime_s)
            .finish_non_exhaustive()
    }
}

/// URIs, as [`list`] takes them.
fn uris<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IceUri>, D::Error> {
    let uri = |text: String| {
        text.parse().map_err(|error| serde::de::Error::custom(format!("{text:?} cannot be used: {error}")))
    };
    list(deserializer)?.into_iter().map(uri).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> IceUri {
        text.parse().unwrap()
    }

    fn good() -> IceSettings {
        IceSettings {
            stun: vec![uri("stun:turn.example.org")],
            turn: vec![uri("turn:turn.example.org"), uri("turns:turn.example.org")],
            secret: "x".repeat(32),
            lifetime_s: 600,
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(good().fault(), None);
        assert_eq!(IceSettings::default().fault(), None);
        let bad = [
            ("voice.ice.stun", IceSettings { stun: vec![uri("turn:a.example")], ..good() }),
            ("voice.ice.turn", IceSettings { turn: vec![uri("stun:a.example")], ..good() }),
            ("voice.ice.turn", IceSettings { turn: vec![uri("turn:a.example"); 9], ..good() }),
            ("voice.ice.secret", IceSettings { secret: "x".repeat(31), ..good() }),
            ("voice.ice.lifetime_s", IceSettings { lifetime_s: 599, ..good() }),
            ("voice.ice.lifetime_s", IceSettings { lifetime_s: 86_401, ..good() }),
        ];
        for (name, settings) in bad {
            assert_eq!(settings.fault().map(|fault| fault.name), Some(name));
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", IceSettings { secret: "hunter2".repeat(5), ..good() }).contains("hunter2"));
    }
}
