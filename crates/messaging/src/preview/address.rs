//! Which addresses may be fetched. Pure.
//!
//! What is not known to be public is refused: names only, on the ports of the web, at addresses that are routed to
//! everybody. An address as a number is refused in every notation, for no page that is worth a preview is known by one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::PreviewSettings;

/// Why an address is not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Neither http nor https.
    #[error("its scheme is not http or https")]
    Scheme,
    /// It has a name or password in it.
    #[error("it has a name or password in it")]
    Userinfo,
    /// The port is none of the web's.
    #[error("its port is not allowed")]
    Port,
    /// The host is an address in numbers.
    #[error("its host is no name")]
    Literal,
    /// The name has a meaning only here.
    #[error("its host is a name of local networks")]
    LocalName,
    /// It cannot be read.
    #[error("it is no address")]
    Malformed,
}

/// Endings of names that have a meaning only where they are asked.
const LOCAL: [&str; 12] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "arpa",
    "onion",
    "test",
];

/// The longest address that is looked at, bytes.
const LONGEST: usize = 2_048;

/// The address in `text`, if it may be fetched.
///
/// # Errors
/// Why not.
pub fn parse(text: &str, settings: &PreviewSettings) -> Result<Url, Refused> {
    if text.len() > LONGEST {
        return Err(Refused::Malformed);
    }
    let url = Url::parse(text).map_err(|_| Refused::Malformed)?;
    check(&url, settings)?;
    Ok(url)
}

/// Whether `url` may be fetched, as far as can be told before its name is resolved.
///
/// # Errors
/// Why not.
pub fn check(url: &Url, settings: &PreviewSettings) -> Result<(), Refused> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Userinfo);
    }
    if !url.port_or_known_default().is_some_and(|port| settings.ports.contains(&port)) {
        return Err(Refused::Port);
    }
    match url.host() {
        Some(Host::Domain(name)) => host(name, settings),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(Refused::Literal),
        None => Err(Refused::Malformed),
    }
}

fn host(name: &str, settings: &PreviewSettings) -> Result<(), Refused> {
    let name = name.strip_suffix('.').unwrap_or(name).to_lowercase();
    if settings.names().any(|(known, _)| known == name) {
        return Ok(());
    }
    let Some((_, last)) = name.rsplit_once('.') else { return Err(Refused::LocalName) };
    // A last part of digits, or of hexadecimal ones behind 0x, would be a number to some resolvers.
    if last.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Refused::Literal);
    }
    if LOCAL.contains(&last) { Err(Refused::LocalName) } else { Ok(()) }
}

/// Whether a name's address may be connected to.
pub fn may_connect(address: IpAddr, settings: &PreviewSettings) -> bool {
    is_public(address) || settings.allowed_networks.iter().any(|network| network.contains(&address))
}

/// Whether an address is one that is routed to everybody, and stands for no other (IANA's registries of special-purpose
/// addresses, of 2025).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => is_public_6(address),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)            // this network, private, loopback, multicast and reserved
            | (100, 64..=127, _)              // carriers' networks
            | (169, 254, _)                   // link-local: metadata services of clouds
            | (172, 16..=31, _) | (192, 168, _)
            | (192, 0, 0 | 2) | (192, 88, 99) // protocols, documentation, 6to4 relays
            | (198, 18 | 19, _)               // benchmarks
            | (198, 51, 100) | (203, 0, 113) // documentation
    )
}

fn is_public_6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast is 2000::/3. So loopback, mapped and compatible addresses, NAT64 (64:ff9b::/96, 64:ff9b:1::/48),
    // unique local, link-local, site-local and multicast ones are none.
    a & 0xe000 == 0x2000
        // Teredo, ORCHID, benchmarks and other protocols.
        && !(a == 0x2001 && b < 0x0200)
        // Documentation, 6to4, documentation.
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests;
