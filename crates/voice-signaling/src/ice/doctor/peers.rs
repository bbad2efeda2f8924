//! Addresses that a TURN server on the internet must not relay to: a caller would reach what stands behind it, or the
//! machine that it runs on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One of each kind, from the registries of special-purpose addresses (RFC 6890), and what keeps coturn from it.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) ip: IpAddr,
    /// A line of turnserver.conf.
    pub(super) option: &'static str,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, option: &'static str) -> Peer {
    Peer { ip: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), option }
}

const fn v6(segments: [u16; 8], option: &'static str) -> Peer {
    let [a, b, c, d, e, f, g, h] = segments;
    Peer { ip: IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), option }
}

/// For an address of IPv4.
pub(super) const V4: [Peer; 10] = [
    v4(127, 0, 0, 1, "denied-peer-ip=127.0.0.0-127.255.255.255, and no allow-loopback-peers"),
    v4(0, 0, 0, 0, "denied-peer-ip=0.0.0.0-0.255.255.255"),
    v4(10, 0, 0, 1, "denied-peer-ip=10.0.0.0-10.255.255.255"),
    v4(172, 16, 0, 1, "denied-peer-ip=172.16.0.0-172.31.255.255"),
    v4(192, 168, 0, 1, "denied-peer-ip=192.168.0.0-192.168.255.255"),
    v4(169, 254, 169, 254, "denied-peer-ip=169.254.0.0-169.254.255.255"),
    v4(100, 64, 0, 1, "denied-peer-ip=100.64.0.0-100.127.255.255"),
    v4(192, 0, 0, 8, "denied-peer-ip=192.0.0.0-192.0.0.255"),
    v4(198, 18, 0, 1, "denied-peer-ip=198.18.0.0-198.19.255.255"),
    v4(224, 0, 0, 1, "no-multicast-peers"),
];

/// For an address of IPv6.
pub(super) const V6: [Peer; 7] = [
    v6([0, 0, 0, 0, 0, 0, 0, 1], "denied-peer-ip=::1, and no allow-loopback-peers"),
    v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], "denied-peer-ip=::ffff:0.0.0.0-::ffff:255.255.255.255"),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0x7f00, 1], "denied-peer-ip=64:ff9b::-64:ff9b::ffff:ffff"),
    v6([0x2002, 0x7f00, 1, 0, 0, 0, 0, 1], "denied-peer-ip=2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    v6([0xfd00, 0, 0, 0, 0, 0, 0, 1], "denied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 1], "denied-peer-ip=fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    v6([0xff02, 0, 0, 0, 0, 0, 0, 1], "no-multicast-peers"),
];

/// Whether nobody on the internet can reach an address.
pub(super) fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_be_reached_from_everywhere_is_known() {
        for ip in ["127.0.0.1", "10.1.2.3", "100.127.0.1", "192.168.1.1", "fd00::1", "::1", "::ffff:10.0.0.1"]
        {
            assert!(is_private(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["192.0.2.1", "100.128.0.1", "172.32.0.1", "2001:db8::1"] {
            assert!(!is_private(ip.parse().unwrap()), "{ip}");
        }
    }
}
