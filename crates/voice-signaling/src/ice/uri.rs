//! Addresses of STUN and TURN servers: RFC 7064 and RFC 7065.

use std::fmt;
use std::str::FromStr;

use url::Host;

/// Where a server is, and how it is spoken to: `stun:host:port`, `turn:host:port?transport=udp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceUri {
    is_turn: bool,
    host: Host,
    port: u16,
    transport: Transport,
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

/// Why something is no address of a STUN or TURN server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIceUri {
    /// None of the four schemes.
    #[error("it must start with stun:, stuns:, turn: or turns:")]
    Scheme,
    /// No name and no address.
    #[error("after the scheme comes a name or an address, IPv6 in brackets, and nothing before it")]
    Host,
    /// No port.
    #[error("the port must be 1 to 65535")]
    Port,
    /// Something else behind the port.
    #[error(
        "behind the port of a turn: or turns: may stand ?transport=udp or ?transport=tcp, and nothing else"
    )]
    Transport,
    /// TURN over DTLS.
    #[error("turns: is spoken over TCP: browsers do not speak it over UDP")]
    Dtls,
}

impl IceUri {
    /// Whether it is a TURN server, which relays.
    pub fn is_turn(&self) -> bool {
        self.is_turn
    }

    /// The name or address of the machine.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port; 3478, or 5349 with TLS, where the URI has none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How it is spoken to. `turn:` without a transport is UDP, as browsers take it.
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

impl FromStr for IceUri {
    type Err = InvalidIceUri;

    fn from_str(text: &str) -> Result<Self, InvalidIceUri> {
        let (scheme, rest) = text.split_once(':').ok_or(InvalidIceUri::Scheme)?;
        let (is_turn, is_secure) = match scheme {
            "stun" => (false, false),
            "stuns" => (false, true),
            "turn" => (true, false),
            "turns" => (true, true),
            _ => return Err(InvalidIceUri::Scheme),
        };
        let (authority, query) =
            rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
        let transport = match (is_turn, is_secure, query) {
            (_, true, None) | (true, true, Some("transport=tcp")) => Transport::Tls,
            (true, true, Some("transport=udp")) => return Err(InvalidIceUri::Dtls),
            (_, false, None) | (true, false, Some("transport=udp")) => Transport::Udp,
            (true, false, Some("transport=tcp")) => Transport::Tcp,
            _ => return Err(InvalidIceUri::Transport),
        };
        let (host, port) = split(authority);
        let host = Host::parse(host).map_err(|_| InvalidIceUri::Host)?;
        let port = match port {
            None if is_secure => 5349,
            None => 3478,
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or(InvalidIceUri::Port)?,
        };
        Ok(Self { is_turn, host, port, transport })
    }
}

/// The host and the port behind it; colons in brackets are the host's.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

impl fmt::Display for IceUri {
    /// In full, as browsers take it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_turn, host, port, transport } = self;
        let (scheme, query) = match (is_turn, transport) {
            (false, Transport::Tls) => ("stuns", ""),
            (false, _) => ("stun", ""),
            (true, Transport::Udp) => ("turn", "?transport=udp"),
            (true, Transport::Tcp) => ("turn", "?transport=tcp"),
            (true, Transport::Tls) => ("turns", "?transport=tcp"),
        };
        write!(f, "{scheme}:{host}:{port}{query}")
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_put_in() {
        for (text, full) in [
            ("stun:turn.example.org", "stun:turn.example.org:3478"),
            ("stuns:turn.example.org", "stuns:turn.example.org:5349"),
            ("turn:192.0.2.1:1024", "turn:192.0.2.1:1024?transport=udp"),
            ("turn:[2001:db8::1]", "turn:[2001:db8::1]:3478?transport=udp"),
            ("turn:[2001:db8::1]:80?transport=tcp", "turn:[2001:db8::1]:80?transport=tcp"),
            ("turns:turn.example.org", "turns:turn.example.org:5349?transport=tcp"),
            ("turns:turn.example.org:443?transport=tcp", "turns:turn.example.org:443?transport=tcp"),
        ] {
            let uri = text.parse::<IceUri>().unwrap();
            assert_eq!(uri.to_string(), full);
            assert_eq!(full.parse(), Ok(uri), "what we write, we read");
        }
    }

    #[test]
    fn what_browsers_would_refuse_is_refused() {
        use InvalidIceUri as Bad;
        for (text, why) in [
            ("", Bad::Scheme),
            ("turn.example.org:3478", Bad::Scheme),
            ("https://turn.example.org", Bad::Scheme),
            ("turn:", Bad::Host),
            ("turn://turn.example.org", Bad::Host),
            ("turn:ada@turn.example.org", Bad::Host),
            ("turn:2001:db8::1", Bad::Host),
            ("turn:a b", Bad::Host),
            ("turn:turn.example.org:0", Bad::Port),
            ("turn:turn.example.org:65536", Bad::Port),
            ("turn:turn.example.org:", Bad::Port),
            ("stun:turn.example.org?transport=udp", Bad::Transport),
            ("turn:turn.example.org?transport=sctp", Bad::Transport),
            ("turn:turn.example.org?transport=udp&x=1", Bad::Transport),
            ("turns:turn.example.org?transport=udp", Bad::Dtls),
        ] {
            assert_eq!(text.parse::<IceUri>(), Err(why), "{text}");
        }
    }
}
