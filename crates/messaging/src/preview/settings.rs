//! The section `[messaging.previews]`.

use std::net::IpAddr;

use backbone::settings::{Fault, list};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

/// Whether and how links are looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewSettings {
    /// Whether at all.
    pub enabled: bool,
    /// How long one link may take in all, milliseconds.
    pub timeout_ms: u64,
    /// Ports that may be connected to.
    #[serde(deserialize_with = "numbers")]
    pub ports: Vec<u16>,
    /// Networks that may be connected to though they are not public.
    #[serde(deserialize_with = "parsed")]
    pub allowed_networks: Vec<IpNet>,
    /// Names that are not asked of DNS, with their addresses: `name=address`.
    #[serde(deserialize_with = "list")]
    pub hosts: Vec<String>,
}

impl Default for PreviewSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            timeout_ms: 5_000,
            ports: vec![80, 443],
            allowed_networks: Vec::new(),
            hosts: Vec::new(),
        }
    }
}

impl PreviewSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let readable = self.names().count() == self.hosts.len();
        Fault::first([
            (
                (100..=20_000).contains(&self.timeout_ms),
                "messaging.previews.timeout_ms",
                "must be 100 to 20000",
            ),
            (!self.ports.is_empty(), "messaging.previews.ports", "must name at least one port"),
            (readable, "messaging.previews.hosts", "must be a list of name=address"),
        ])
    }

    /// The names of [`Self::hosts`] that can be read.
    pub(super) fn names(&self) -> impl Iterator<Item = (String, IpAddr)> {
        self.hosts.iter().filter_map(|host| {
            let (name, address) = host.split_once('=')?;
            Some((name.trim().to_lowercase(), address.trim().parse().ok()?))
        })
    }
}

fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr>(from: D) -> Result<Vec<T>, D::Error> {
    let parse = |text: &String| text.parse().map_err(|_| D::Error::custom(format!("{text:?} is none")));
    list(from)?.iter().map(parse).collect()
}

/// Numbers in a list, in one text separated by commas, or one.
fn numbers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u16>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(u16),
        Many(Vec<u16>),
        Text(String),
    }
    match Either::deserialize(from)? {
        Either::One(port) => Ok(vec![port]),
        Either::Many(ports) => Ok(ports),
        Either::Text(text) => {
            let parse =
                |part: &str| part.trim().parse().map_err(|_| D::Error::custom("must be a list of ports"));
            text.split(',').map(parse).collect()
        }
    }
}
