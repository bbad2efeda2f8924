//! What clients and servers say to each other.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::scan::{number, number_after};

/// In what a server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Guildhall's own.
    Guildhall,
    /// Socket.IO 5 in Engine.IO 4, as the server in `bench/socketio` speaks it.
    SocketIo,
}

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The server wants to know who is there.
    Hello,
    /// The session has begun.
    Ready,
    /// What this number was given to is done; a message got this place.
    Done(u64, Option<u64>),
    /// What this number was given to was refused.
    Refused(Option<u64>),
    /// A message: its number in its content, and its place in the channel's order.
    Message { number: u64, place: u64 },
    /// The server wants a sign of life.
    Beat,
    /// Something that does not matter here.
    Other,
}

/// What stands before a message's number in its content.
const MARK: &str = "bench #";

static NUMBER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(r#""content":"bench #"#));
static REV: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(r#""rev":"#));
static SEQ: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(r#""seq":"#));

/// The content of a message: its number, whom it names, and what fills it up to `length` characters.
pub(crate) fn content(number: u64, mention: Option<&str>, length: usize) -> String {
    let mut content = format!("{MARK}{number} ");
    content.extend(mention.into_iter().flat_map(|name| ["@", name, " "]));
    let missing = length.saturating_sub(content.len());
    content.extend("the quick brown fox jumps over the lazy dog ".chars().cycle().take(missing));
    content
}

impl Dialect {
    /// The request that opens a socket.
    pub(crate) fn upgrade(self, token: &str) -> Vec<u8> {
        let (path, header) = match self {
            Self::Guildhall => ("/ws", format!("Authorization: Bearer {token}\r\n")),
            Self::SocketIo => ("/socket.io/?EIO=4&transport=websocket", String::new()),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: Z3VpbGRoYWxsLWJlbmNoIQ==\r\n{header}\r\n"
        )
        .into()
    }

    /// The answer to [`Event::Hello`].
    pub(crate) fn hello(self, token: &str) -> String {
        match self {
            Self::Guildhall => format!(r#"{{"event":"authenticate","data":{{"token":"{token}"}}}}"#),
            Self::SocketIo => format!(r#"40{{"token":"{token}"}}"#),
        }
    }

    /// The answer to [`Event::Beat`].
    pub(crate) fn beat(self) -> &'static str {
        match self {
            Self::Guildhall => r#"{"event":"ping"}"#,
            Self::SocketIo => "3",
        }
    }

    /// The wish to hear a channel, under this number.
    pub(crate) fn join(self, channel: &str, number: u64) -> String {
        match self {
            Self::Guildhall => {
                format!(r#"{{"event":"join-channel","data":{{"channelId":"{channel}"}},"ref":"{number}"}}"#)
            }
            Self::SocketIo => format!(r#"42{number}["join-channel","{channel}"]"#),
        }
    }

    /// A message, under this number; with a nonce where there is such a thing and it is wanted.
    pub(crate) fn send(self, channel: &str, content: &str, number: u64, nonce: bool) -> String {
        match self {
            Self::Guildhall => {
                let nonce = if nonce { format!(r#","nonce":"{number}""#) } else { String::new() };
                format!(
                    r#"{{"event":"send-message","data":{{"channelId":"{channel}","content":"{content}"{nonce}}},"ref":"{number}"}}"#
                )
            }
            Self::SocketIo => {
                format!(r#"42{number}["send-message",{{"channelId":"{channel}","content":"{content}"}}]"#)
            }
        }
    }

    /// What a text means.
    pub(crate) fn understand(self, text: &[u8]) -> Event {
        match self {
            Self::Guildhall => guildhall(text),
            Self::SocketIo => socket_io(text),
        }
    }
}

fn guildhall(text: &[u8]) -> Event {
    if text.starts_with(br#"{"event":"new-message""#) {
        return message(text, &REV);
    }
    if let Some(rest) = text.strip_prefix(br#"{"event":"ack","ref":""#) {
        return number(rest).map_or(Event::Other, |number| Event::Done(number, number_after(rest, &SEQ)));
    }
    if let Some(rest) = text.strip_prefix(br#"{"event":"error""#) {
        return Event::Refused(rest.strip_prefix(br#","ref":""#).and_then(number));
    }
    // The keys of `ready` come in any order.
    let begins = text.get(..64).unwrap_or(text);
    if begins.starts_with(br#"{"event":"ready""#) || text.ends_with(br#""event":"ready"}"#) {
        return Event::Ready;
    }
    Event::Other
}

fn socket_io(text: &[u8]) -> Event {
    if text.starts_with(br#"42["new-message""#) {
        return message(text, &SEQ);
    }
    match text {
        [b'0', ..] => Event::Hello,
        [b'2'] => Event::Beat,
        [b'4', b'0', ..] => Event::Ready,
        [b'4', b'3', rest @ ..] => match number(rest) {
            Some(number) if !contains(rest, br#""ok":false"#) => {
                Event::Done(number, number_after(rest, &SEQ))
            }
            number => Event::Refused(number),
        },
        [b'4', b'4', ..] => Event::Refused(None),
        _ => Event::Other,
    }
}

fn message(text: &[u8], place: &Finder<'_>) -> Event {
    match (number_after(text, &NUMBER), number_after(text, place)) {
        (Some(number), Some(place)) => Event::Message { number, place },
        _ => Event::Other,
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guildhall_is_understood() {
        let understand = |text: &str| Dialect::Guildhall.understand(text.as_bytes());
        let message =
            r#"{"event":"new-message","data":{"id":"x","seq":6,"rev":7,"content":"bench #41 fox"},"rev":7}"#;
        assert_eq!(understand(message), Event::Message { number: 41, place: 7 });
        let done = r#"{"event":"ack","ref":"12","data":{"message":{"rev":7,"seq":6}}}"#;
        assert_eq!(understand(done), Event::Done(12, Some(6)));
        assert_eq!(understand(r#"{"event":"ack","ref":"3","data":{"channels":[]}}"#), Event::Done(3, None));
        assert_eq!(understand(r#"{"event":"error","ref":"4","data":{}}"#), Event::Refused(Some(4)));
        assert_eq!(understand(r#"{"event":"error","data":{}}"#), Event::Refused(None));
        assert_eq!(understand(r#"{"event":"ready","data":{}}"#), Event::Ready);
        assert_eq!(understand(r#"{"data":{},"event":"ready"}"#), Event::Ready);
        assert_eq!(understand(r#"{"event":"member-joined","data":{}}"#), Event::Other);
    }

    #[test]
    fn socket_io_is_understood() {
        let understand = |text: &str| Dialect::SocketIo.understand(text.as_bytes());
        assert_eq!(understand("2"), Event::Beat);
        assert_eq!(understand(r#"0{"sid":"x"}"#), Event::Hello);
        assert_eq!(understand(r#"40{"sid":"x"}"#), Event::Ready);
        assert_eq!(understand(r#"4312[{"ok":true,"seq":5}]"#), Event::Done(12, Some(5)));
        assert_eq!(understand(r#"4312[{"ok":false}]"#), Event::Refused(Some(12)));
        let message = r#"42["new-message",{"seq":5,"content":"bench #9 x"}]"#;
        assert_eq!(understand(message), Event::Message { number: 9, place: 5 });
    }

    #[test]
    fn contents_have_the_length_that_is_wanted() {
        assert_eq!(content(7, None, 40).len(), 40);
        assert_eq!(content(7, Some("bench0"), 40).len(), 40);
        assert_eq!(content(7, Some("bench0"), 0), "bench #7 @bench0 ");
    }
}
