//! WebSocket frames, as a client writes and reads them (RFC 6455, 5.2).

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Close,
    Ping,
    Pong,
    /// Nothing that a server of ours sends: binary, or in fragments.
    Strange,
}

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The first frame in `bytes`, and how many of them it is; `None` until it is complete.
pub(super) fn decode(bytes: &[u8]) -> Option<(Kind, &[u8], usize)> {
    let ([first, second], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match second {
        126 => {
            rest.split_first_chunk().map(|(length, rest)| (u64::from(u16::from_be_bytes(*length)), rest))?
        }
        127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length), rest))?,
        // A server does not mask: one that does gets the length wrong and is found out by what follows.
        length => (u64::from(*length), rest),
    };
    let payload = rest.get(..usize::try_from(length).ok()?)?;
    let kind = match first ^ FINAL {
        TEXT => Kind::Text,
        CLOSE => Kind::Close,
        PING => Kind::Ping,
        PONG => Kind::Pong,
        _ => Kind::Strange,
    };
    Some((kind, payload, bytes.len() - rest.len() + payload.len()))
}

/// Appends a frame, masked with `key`.
pub(super) fn encode(kind: Kind, payload: &[u8], key: [u8; 4], out: &mut Vec<u8>) {
    let code = match kind {
        Kind::Text | Kind::Strange => TEXT,
        Kind::Close => CLOSE,
        Kind::Ping => PING,
        Kind::Pong => PONG,
    };
    out.push(FINAL | code);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..126), _) => out.push(MASKED | length),
        (_, Ok(length)) => {
            out.push(MASKED | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(MASKED | 127);
            out.extend_from_slice(&u64::try_from(payload.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(&key);
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server would send: `encode` without the mask.
    fn plain(kind: Kind, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        encode(kind, payload, [0; 4], &mut frame);
        let key = frame.len() - payload.len() - 4;
        frame[1] &= !MASKED;
        frame.drain(key..key + 4);
        frame
    }

    #[test]
    fn frames_of_every_length_come_back() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let payload = vec![b'x'; length];
            let mut frame = plain(Kind::Text, &payload);
            let whole = frame.len();
            frame.extend(plain(Kind::Ping, b"next"));
            assert_eq!(decode(&frame), Some((Kind::Text, payload.as_slice(), whole)), "{length}");
            assert_eq!(decode(&frame[..whole - 1]), None, "{length}: not complete yet");
            assert_eq!(
                decode(&frame[whole..]).map(|(kind, payload, _)| (kind, payload)),
                Some((Kind::Ping, b"next".as_slice()))
            );
        }
        assert_eq!(decode(&[]), None);
        assert_eq!(decode(&[0x81]), None);
    }

    #[test]
    fn a_fragment_is_strange() {
        let mut frame = plain(Kind::Text, b"part");
        frame[0] &= !FINAL;
        assert_eq!(decode(&frame).map(|(kind, ..)| kind), Some(Kind::Strange));
    }

    #[test]
    fn the_mask_is_that_of_the_rfc() {
        let mut frame = Vec::new();
        encode(Kind::Text, b"Hello", [0x37, 0xfa, 0x21, 0x3d], &mut frame);
        assert_eq!(frame, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }
}
