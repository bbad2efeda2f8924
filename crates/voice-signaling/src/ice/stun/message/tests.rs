//! The test vectors of RFC 5769, and what nobody should be able to send us.

use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use proptest::prelude::*;

use super::*;
use crate::ice::stun::attribute::{NONCE, REALM, USERNAME, XOR_MAPPED_ADDRESS, XOR_PEER_ADDRESS};

fn bytes(hex: &str) -> Vec<u8> {
    HEX.decode(hex.replace([' ', '\n'], "").as_bytes()).unwrap()
}

/// RFC 5769, section 2.2: an answer over IPv4, signed with a short-term password.
const RESPONSE: &str = "0101003c 2112a442 b7e7a701bc34d686fa87dfae
    8022000b 7465737420766563746f7220 00200008 0001a147e112a643
    00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96";

/// Section 2.4: a request with long-term credentials.
const REQUEST: &str = "00010060 2112a442 78ad3433c6ad72c029da412e
    00060012 e3839ee38388e383aae38383e382afe382b90000
    0015001c 662f2f3439396b39353464364f4c33346f4c39465354767936347341
    0014000b 6578616d706c652e6f726700 00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666";

const PASSWORD: &str = "TheMatrIX";

#[test]
fn an_answer_is_read() {
    let message = Message::decode(&bytes(RESPONSE)).unwrap();
    assert_eq!((message.class, message.method), (Class::Success, Method::Binding));
    assert_eq!(message.address(XOR_MAPPED_ADDRESS), Some("192.0.2.1:32853".parse().unwrap()));
    assert_eq!(message.text(0x8022).as_deref(), Some("test vector"));
    assert!(message.is_signed_with(&IntegrityKey::of(b"VOkJxbRl1RmTxUk/WvJxBt")));
    assert!(!message.is_signed_with(&IntegrityKey::of(b"another")));
}

#[test]
fn an_address_of_ipv6_is_read() {
    // Section 2.3.
    let id = <[u8; 12]>::try_from(bytes("b7e7a701bc34d686fa87dfae")).unwrap();
    let value = bytes("0002a147 0113a9faa5d3f179bc25f4b5bed2b9d9");
    let address = "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap();
    assert_eq!(address::decode(&value, &id), Some(address));
    assert_eq!(address::encode(address, &id), value);
}

#[test]
fn a_request_is_written_and_signed() {
    let id = <[u8; 12]>::try_from(bytes("78ad3433c6ad72c029da412e")).unwrap();
    let name = "\u{30de}\u{30c8}\u{30ea}\u{30c3}\u{30af}\u{30b9}";
    let message = Message::new(Class::Request, Method::Binding, id)
        .with(USERNAME, name)
        .with(NONCE, "f//499k954d6OL34oL9FSTvy64sA")
        .with(REALM, "example.org");
    let key = IntegrityKey::long_term(name, "example.org", PASSWORD);
    let written = message.encode(Some(&key));
    assert_eq!(written, bytes(REQUEST));
    let read = Message::decode(&written).unwrap();
    assert!(read.is_signed_with(&key));
    assert_eq!(read.attributes, message.attributes);
}

#[test]
fn a_refusal_says_why() {
    let refusal = Message::new(Class::Error, Method::Allocate, [0; 12])
        .with(attribute::ERROR_CODE, b"\0\0\x04\x26Stale Nonce".as_slice());
    let read = Message::decode(&refusal.encode(None)).unwrap();
    assert_eq!(read.error(), Some((438, "Stale Nonce".into())));
}

#[test]
fn what_is_no_message_is_none() {
    let whole = bytes(REQUEST);
    for end in 0..whole.len() {
        assert_eq!(Message::decode(&whole[..end]), None, "{end}");
    }
    assert_eq!(Message::decode(b"HTTP/1.1 400 Bad Request\r\n\r\n"), None);
    let mut too_long = whole.clone();
    too_long[22] = 0xff;
    assert_eq!(Message::decode(&too_long), None, "an attribute that is longer than the message");
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Message::decode(&bytes);
    }

    #[test]
    fn whatever_follows_a_header_is_read_or_not(mut body in proptest::collection::vec(any::<u8>(), 0..200)) {
        body.truncate(body.len() / 4 * 4);
        let mut whole = Message::new(Class::Success, Method::Allocate, [7; 12]).encode(None);
        whole[2..4].copy_from_slice(&length(body.len()));
        whole.extend(body);
        if let Some(message) = Message::decode(&whole) {
            let _ = (message.error(), message.address(XOR_PEER_ADDRESS), message.text(REALM));
        }
    }

    #[test]
    fn what_is_written_is_read(
        id in any::<[u8; 12]>(),
        data in proptest::collection::vec(any::<u8>(), 0..100),
        ip in any::<std::net::IpAddr>(),
        port in any::<u16>(),
    ) {
        let address = SocketAddr::new(ip, port);
        let message = Message::new(Class::Indication, Method::Send, id)
            .with_address(XOR_PEER_ADDRESS, address)
            .with(attribute::DATA, data.clone());
        let read = Message::decode(&message.encode(None)).unwrap();
        prop_assert_eq!(read.address(XOR_PEER_ADDRESS), Some(address));
        prop_assert_eq!(read.get(attribute::DATA), Some(&data[..]));
    }
}
