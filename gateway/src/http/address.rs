//! Where a call comes from: the peer, or what a trusted proxy says of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, X_FORWARDED_FOR};
use actix_web::{HttpRequest, web};
use backbone::settings::list;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

use super::State;

/// Which header the proxies write. The other one is never read: what a proxy does not write, a client may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
}

/// Networks, or single addresses, as [`list`] takes them.
///
/// # Errors
/// One of them is neither.
pub(crate) fn nets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let net = |text: String| {
        let single = text.parse::<IpAddr>().map(|address| address.to_canonical().into());
        single.or_else(|_| text.parse()).map_err(|_| {
            serde::de::Error::custom(format!("{text:?} is no address and no network such as 10.0.0.0/8"))
        })
    };
    list(deserializer)?.into_iter().map(net).collect()
}

/// The address that a request comes from, IPv4 where an IPv6 address only wraps it.
pub(crate) fn address(request: &HttpRequest) -> IpAddr {
    // Without a peer there is no network in between: a test.
    let peer = request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip().to_canonical());
    match request.app_data::<web::Data<State>>() {
        Some(state) => {
            let http = &state.settings().http;
            behind(peer, request.headers(), &http.trusted_proxies, http.forwarded_header)
        }
        None => peer,
    }
}

/// The address behind the proxies: the right-most one that is no trusted proxy's, for every proxy adds the address of
/// its own peer at the right. What stands further left was written by somebody unknown. Nothing is read unless the peer
/// is a trusted proxy. Where an entry is no address, the proxy that passed it on is the last one known.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet], header: ForwardedHeader) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut known = peer;
    let name = match header {
        ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
        ForwardedHeader::Forwarded => FORWARDED,
    };
    // Several headers of one name are one list.
    let lines = headers.get_all(name).collect::<Vec<_>>();
    for line in lines.into_iter().rev() {
        let Ok(line) = line.to_str() else { return known };
        for entry in line.rsplit(',') {
            if !is_trusted(&known) {
                return known;
            }
            let node = match header {
                ForwardedHeader::XForwardedFor => Some(entry),
                ForwardedHeader::Forwarded => node(entry),
            };
            match node.and_then(parse) {
                Some(address) => known = address,
                None => return known,
            }
        }
    }
    known
}

/// The value of `for` in one element of `Forwarded`.
fn node(element: &str) -> Option<&str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    let value = value.trim();
    match value.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"'),
        None => Some(value),
    }
}

/// An address as proxies write it: bare, in brackets, with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn seen(peer: &str, trusted: &[&str], header: ForwardedHeader, lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        let name = match header {
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => FORWARDED,
        };
        for line in lines {
            headers.append(name.clone(), HeaderValue::from_bytes(line).unwrap());
        }
        let trusted = trusted.iter().map(|net| net.parse().unwrap()).collect::<Vec<_>>();
        behind(peer.parse().unwrap(), &headers, &trusted, header).to_string()
    }

    fn by_list(lines: &[&str]) -> String {
        let lines = lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>();
        seen("10.0.0.1", &["10.0.0.0/8", "2001:db8:ffff::/48"], ForwardedHeader::XForwardedFor, &lines)
    }

    #[test]
    fn a_peer_that_nobody_trusts_says_nothing_of_others() {
        let forged: [&[u8]; 1] = [b"198.51.100.9"];
        for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
            assert_eq!(seen("203.0.113.7", &[], header, &forged), "203.0.113.7");
            assert_eq!(seen("203.0.113.7", &["10.0.0.0/8"], header, &forged), "203.0.113.7");
        }
    }

    #[test]
    fn the_right_most_that_is_no_proxy_counts() {
        assert_eq!(by_list(&[]), "10.0.0.1");
        assert_eq!(by_list(&["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            by_list(&["198.51.100.9, 203.0.113.7"]),
            "203.0.113.7",
            "what the client wrote is left alone"
        );
        assert_eq!(by_list(&["198.51.100.9, 203.0.113.7, 10.3.3.3,2001:db8:ffff::1"]), "203.0.113.7");
        assert_eq!(by_list(&["198.51.100.9", "203.0.113.7", "10.3.3.3"]), "203.0.113.7", "several headers");
        assert_eq!(by_list(&["10.9.9.9"]), "10.9.9.9", "a proxy that calls by itself");
    }

    #[test]
    fn garbage_ends_the_way_at_the_last_one_known() {
        for garbage in [
            "unknown",
            "",
            " ",
            "_hidden",
            "203.0.113",
            "203.0.113.7.8",
            "::ffff:x",
            "[::1",
            "1.2.3.4:99999",
            "'; --",
        ] {
            assert_eq!(by_list(&["198.51.100.9", garbage]), "10.0.0.1", "{garbage:?}");
            assert_eq!(by_list(&[&format!("198.51.100.9, {garbage}, 10.2.2.2")]), "10.2.2.2", "{garbage:?}");
            assert_eq!(by_list(&[&format!("{garbage}, 203.0.113.7")]), "203.0.113.7", "{garbage:?}");
        }
        let bytes: [&[u8]; 2] = [b"198.51.100.9", b"\xff\xfe"];
        assert_eq!(seen("10.0.0.1", &["10.0.0.0/8"], ForwardedHeader::XForwardedFor, &bytes), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_wrapped_addresses_are_read() {
        for (written, address) in [
            ("203.0.113.7:4711", "203.0.113.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:DB8::7", "2001:db8::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
            // A wrapped proxy is the proxy.
            ("203.0.113.7, ::ffff:10.1.1.1", "203.0.113.7"),
        ] {
            assert_eq!(by_list(&[written]), address, "{written}");
        }
    }

    #[test]
    fn forwarded_is_read_when_it_is_the_proxies_header() {
        let by_forwarded = |lines: &[&str]| {
            let lines = lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>();
            seen("10.0.0.1", &["10.0.0.0/8"], ForwardedHeader::Forwarded, &lines)
        };
        assert_eq!(by_forwarded(&["for=203.0.113.7;proto=https;by=10.0.0.1"]), "203.0.113.7");
        assert_eq!(by_forwarded(&["For=\"[2001:db8::7]:4711\"; Proto=https"]), "2001:db8::7");
        assert_eq!(by_forwarded(&["for=198.51.100.9, for=203.0.113.7", "for=10.2.2.2"]), "203.0.113.7");
        for garbage in [
            "for=unknown",
            "proto=https",
            "for=\"203.0.113.7",
            "203.0.113.7",
            "for=_a;for=203.0.113.7",
            "for=",
        ] {
            assert_eq!(by_forwarded(&["for=198.51.100.9", garbage]), "10.0.0.1", "{garbage}");
        }
        // A quote that a client opened does not swallow what the proxy wrote behind it.
        assert_eq!(by_forwarded(&["for=\"198.51.100.9, for=203.0.113.7"]), "203.0.113.7");
        // The header of other proxies is a client's word.
        assert_eq!(by_list(&[]), "10.0.0.1");
    }

    proptest! {
        /// Whatever a client writes, what its proxy adds at the right is what counts.
        #[test]
        fn nobody_talks_their_way_out(written in "[ -~]{0,60}") {
            let line = format!("{written},203.0.113.7");
            prop_assert_eq!(by_list(&[&line]), "203.0.113.7");
            prop_assert_eq!(by_list(&[&written, "203.0.113.7"]), "203.0.113.7");
        }
    }
}
