//! RFC 6455 to the letter: frames, fragments, UTF-8 and the closing handshake.

use tests::wire::{Wire, opcode};
use tests::{App, Person};

const FIN: u8 = 0x80;
const PING: &[u8] = br#"{"event":"ping","ref":"p"}"#;

struct Peer {
    app: App,
    ada: Person,
}

impl Peer {
    async fn start() -> Self {
        let app = App::start().await;
        let ada = app.person("ada").await;
        Self { app, ada }
    }

    /// A session that has been told all that it is told by itself.
    async fn open(&self) -> Wire {
        let mut wire = Wire::open(self.app.url(), self.ada.token()).await;
        let first = String::from_utf8(wire.next().await.unwrap().payload).unwrap();
        assert!(first.contains("online-users"), "{first}");
        wire
    }

    /// The close code after these frames, each with its whole first byte.
    async fn closes(&self, frames: &[(u8, &[u8])]) -> Option<u16> {
        let mut wire = self.open().await;
        for (first, payload) in frames {
            wire.send(*first, payload).await;
        }
        wire.close_code().await
    }
}

/// Whether the session answers a command.
async fn lives(wire: &mut Wire) -> bool {
    let pong = wire.next().await.map(|frame| String::from_utf8(frame.payload).unwrap());
    let ack = wire.next().await.map(|frame| String::from_utf8(frame.payload).unwrap());
    pong.is_some_and(|text| text.contains("pong")) && ack.is_some_and(|text| text.contains("ack"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_that_is_none_is_refused_in_words() {
    let app = App::start().await;
    let url = &app.gateways[0].url;
    let cases = [
        "GET /ws HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n0\r\n\r\n",
    ];
    for head in cases {
        let (_, answer) = Wire::request(url, head).await;
        assert!(answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 426"), "{answer}");
        assert!(answer.to_lowercase().contains("application/json"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_break_the_rules_close_with_1002() {
    let peer = Peer::start().await;
    for reserved in [0x40, 0x20, 0x10] {
        assert_eq!(
            peer.closes(&[(FIN | reserved | opcode::TEXT, PING)]).await,
            Some(1002),
            "reserved bit {reserved:x}"
        );
    }
    for unknown in [0x3, 0x7, 0xb, 0xf] {
        assert_eq!(peer.closes(&[(FIN | unknown, b"")]).await, Some(1002), "opcode {unknown:x}");
    }
    assert_eq!(peer.closes(&[(FIN | opcode::PING, &[0; 126])]).await, Some(1002), "a long ping");
    assert_eq!(peer.closes(&[(opcode::PING, b"x")]).await, Some(1002), "a fragmented ping");
    assert_eq!(peer.closes(&[(FIN | opcode::CONTINUATION, b"x")]).await, Some(1002), "nothing to continue");
    let interrupted: [(u8, &[u8]); 2] = [(opcode::TEXT, b"{"), (FIN | opcode::TEXT, PING)];
    assert_eq!(peer.closes(&interrupted).await, Some(1002), "a message inside a message");
    let mut wire = peer.open().await;
    wire.send_unmasked(FIN | opcode::TEXT, PING).await;
    assert_eq!(wire.close_code().await, Some(1002), "no mask");
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_become_one_message_and_pings_may_come_between() {
    let peer = Peer::start().await;
    let mut wire = peer.open().await;
    let (head, rest) = PING.split_at(5);
    let (middle, tail) = rest.split_at(5);
    wire.send(opcode::TEXT, head).await;
    wire.send(FIN | opcode::PING, b"alive?").await;
    let pong = wire.next().await.unwrap();
    assert_eq!((pong.opcode, pong.payload.as_slice()), (opcode::PONG, b"alive?".as_slice()));
    wire.send(opcode::CONTINUATION, middle).await;
    wire.send(opcode::CONTINUATION, b"").await;
    wire.send(FIN | opcode::CONTINUATION, tail).await;
    assert!(lives(&mut wire).await);
    wire.send(FIN | opcode::PING, &[7; 125]).await;
    assert_eq!(wire.next().await.unwrap().payload, [7; 125]);
    wire.send(FIN | opcode::PONG, b"nobody asked").await;
    wire.send(FIN | opcode::TEXT, PING).await;
    assert!(lives(&mut wire).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_is_not_utf_8_closes_with_1007_and_characters_may_be_split() {
    let peer = Peer::start().await;
    let text = r#"{"event":"ping","ref":"é€😀"}"#.as_bytes();
    let mut wire = peer.open().await;
    // One byte a frame: every character is split everywhere.
    for (n, byte) in text.iter().enumerate() {
        let first = if n == 0 { opcode::TEXT } else { opcode::CONTINUATION };
        let fin = if n + 1 == text.len() { FIN } else { 0 };
        wire.send(fin | first, &[*byte]).await;
    }
    assert!(lives(&mut wire).await);
    for bad in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xce"] {
        assert_eq!(peer.closes(&[(FIN | opcode::TEXT, bad)]).await, Some(1007), "{bad:?}");
    }
    let split: [(u8, &[u8]); 2] = [(opcode::TEXT, b"\xce"), (FIN | opcode::CONTINUATION, b"A")];
    assert_eq!(peer.closes(&split).await, Some(1007));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_closes_with_1009_also_in_fragments() {
    let peer = Peer::start().await;
    let half = vec![b' '; 40_000];
    let fragments: [(u8, &[u8]); 2] = [(opcode::TEXT, &half), (FIN | opcode::CONTINUATION, &half)];
    assert_eq!(peer.closes(&fragments).await, Some(1009));
    assert_eq!(peer.closes(&[(FIN | opcode::TEXT, &vec![b' '; 65_537])]).await, Some(1009));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_is_answered_with_its_code_and_ends_the_connection() {
    let peer = Peer::start().await;
    for code in [1000_u16, 1001, 1007, 1011, 3000, 3999, 4000, 4999] {
        assert_eq!(peer.closes(&[(FIN | opcode::CLOSE, &code.to_be_bytes())]).await, Some(code));
    }
    let with_reason = [&1000_u16.to_be_bytes()[..], "tschüß".as_bytes()].concat();
    assert_eq!(peer.closes(&[(FIN | opcode::CLOSE, &with_reason)]).await, Some(1000));
    let bare = peer.closes(&[(FIN | opcode::CLOSE, b"")]).await;
    assert!(bare.is_none_or(|code| code == 1000), "{bare:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_that_breaks_the_rules_is_answered_with_1002() {
    let peer = Peer::start().await;
    for code in [0_u16, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000] {
        assert_eq!(peer.closes(&[(FIN | opcode::CLOSE, &code.to_be_bytes())]).await, Some(1002), "{code}");
    }
    assert_eq!(peer.closes(&[(FIN | opcode::CLOSE, b"\x03")]).await, Some(1002), "half a code");
    let bad_reason = [&1000_u16.to_be_bytes()[..], b"\xff"].concat();
    let code = peer.closes(&[(FIN | opcode::CLOSE, &bad_reason)]).await;
    assert!(matches!(code, Some(1002 | 1007)), "{code:?}");
}
