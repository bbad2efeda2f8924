//! Addresses in messages: XORed with the cookie and the transaction's id, because some NATs rewrite what looks like
//! an address (RFC 8489, section 14.2).

use std::net::{IpAddr, SocketAddr};

use super::message::{COOKIE, TransactionId};

const IPV4: u8 = 1;
const IPV6: u8 = 2;

/// An address as the value of an attribute.
pub(super) fn encode(address: SocketAddr, id: &TransactionId) -> Vec<u8> {
    let [high, low, ..] = COOKIE;
    let [port_high, port_low] = address.port().to_be_bytes();
    let (family, ip) = match address.ip() {
        IpAddr::V4(ip) => (IPV4, ip.octets().to_vec()),
        IpAddr::V6(ip) => (IPV6, ip.octets().to_vec()),
    };
    let mut value = vec![0, family, port_high ^ high, port_low ^ low];
    value.extend(masked(&ip, id));
    value
}

/// The address that a value stands for. `None` when it is none.
pub(super) fn decode(value: &[u8], id: &TransactionId) -> Option<SocketAddr> {
    let [high, low, ..] = COOKIE;
    let ([_, family, port_high, port_low], ip) = value.split_first_chunk()?;
    let ip = masked(ip, id);
    let ip = match *family {
        IPV4 => IpAddr::from(<[u8; 4]>::try_from(ip).ok()?),
        IPV6 => IpAddr::from(<[u8; 16]>::try_from(ip).ok()?),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_be_bytes([port_high ^ high, port_low ^ low])))
}

fn masked(ip: &[u8], id: &TransactionId) -> Vec<u8> {
    ip.iter().zip(COOKIE.iter().chain(id)).map(|(byte, mask)| byte ^ mask).collect()
}
