//! What a client says, message by message: RFC 6455, and nothing of what Guildhall makes of it.

use std::io::ErrorKind;
use std::rc::Rc;

use actix_http::ws::{Codec, Frame};
use actix_web::rt::net::TcpStream;
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use tokio_util::codec::Decoder;

use super::fragments::{self, Fragments};
use super::{CloseReason, Outbox, Pulse, Wire};

/// The largest message from a client, bytes; in one frame or several.
pub(crate) const FRAME_MAX: usize = 65_536;
/// The same, as frames announce it.
const FRAME_MAX_BYTES: u64 = 65_536;
/// Bytes that are read at once: most commands have some hundred.
const READ: usize = 4_096;

/// A whole message of a client, of at most 64 KiB.
#[derive(Debug)]
pub enum Message {
    /// Text; certainly UTF-8.
    Text(ByteString),
    /// Anything.
    Binary(Bytes),
}

/// The reading half of a socket.
#[derive(Debug)]
pub struct Frames {
    stream: Rc<TcpStream>,
    /// What was read and is no whole frame yet.
    buffer: BytesMut,
    codec: Codec,
    fragments: Fragments,
    outbox: Rc<Outbox>,
    pulse: Rc<Pulse>,
}

impl Frames {
    /// What comes on `stream`, behind what has come `early`.
    pub(super) fn new(stream: Rc<TcpStream>, early: BytesMut, outbox: Rc<Outbox>) -> Self {
        let codec = Codec::new().max_size(FRAME_MAX);
        Self {
            stream,
            buffer: early,
            codec,
            fragments: Fragments::default(),
            outbox,
            pulse: Rc::new(Pulse::new()),
        }
    }

    /// The next message. Fragments are put together, and pings answered, on the way.
    ///
    /// # Errors
    /// There is none: how the session is to end.
    pub async fn next(&mut self) -> Result<Message, CloseReason> {
        loop {
            while let Some(frame) = self.decode()? {
                self.pulse.hear();
                self.outbox.traffic().frame();
                if let Some(message) = self.take(frame)? {
                    return Ok(message);
                }
            }
            self.read().await?;
        }
    }

    /// The next frame of what was read.
    fn decode(&mut self) -> Result<Option<Frame>, CloseReason> {
        // actix looks at a frame's size only once all of it is there.
        if announced(&self.buffer).is_some_and(|size| size > FRAME_MAX_BYTES) {
            return Err(CloseReason::TooLarge);
        }
        self.codec.decode(&mut self.buffer).map_err(|error| CloseReason::from(&error))
    }

    /// The message that is whole with this frame.
    fn take(&mut self, frame: Frame) -> Result<Option<Message>, CloseReason> {
        match frame {
            Frame::Text(bytes) => fragments::message(true, bytes).map(Some),
            Frame::Binary(bytes) => fragments::message(false, bytes).map(Some),
            Frame::Continuation(item) => self.fragments.add(item),
            Frame::Ping(payload) => {
                self.outbox.push(Wire::pong(&payload));
                Ok(None)
            }
            Frame::Pong(_) => Ok(None),
            Frame::Close(reason) => Err(CloseReason::ByClient(reason.map(|reason| u16::from(reason.code)))),
        }
    }

    /// Waits for more. Without a part of a frame there is no buffer while it waits.
    async fn read(&mut self) -> Result<(), CloseReason> {
        loop {
            if self.buffer.is_empty() {
                self.buffer = BytesMut::new();
            }
            self.stream.readable().await.map_err(|_| CloseReason::Silent)?;
            self.buffer.reserve(READ);
            match self.stream.try_read_buf(&mut self.buffer) {
                Ok(0) => return Err(CloseReason::Silent),
                Ok(bytes) => {
                    self.outbox.traffic().received(bytes);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Err(CloseReason::Silent),
            }
        }
    }

    /// When something came last, and what follows from it.
    pub(super) fn pulse(&self) -> &Rc<Pulse> {
        &self.pulse
    }
}

/// The size of the payload of the frame that begins here, once its header is whole (RFC 6455, section 5.2).
fn announced(frame: &[u8]) -> Option<u64> {
    match *frame.get(1)? & 0x7f {
        126 => Some(u64::from(u16::from_be_bytes(*frame.get(2..)?.first_chunk()?))),
        127 => Some(u64::from_be_bytes(*frame.get(2..)?.first_chunk()?)),
        small => Some(u64::from(small)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_how_large_it_is_before_it_is_there() {
        let of = |second: u8, rest: &[u8]| announced(&[&[0x81, 0x80 | second], rest].concat());
        assert_eq!((of(0, b""), of(125, b"")), (Some(0), Some(125)));
        assert_eq!((of(126, &[1]), of(126, &[1, 2])), (None, Some(0x0102)));
        assert_eq!((of(127, &[0; 7]), of(127, &[0, 0, 1, 0, 0, 0, 0, 0])), (None, Some(1 << 40)));
        assert_eq!((announced(b""), announced(b"\x81")), (None, None));
    }
}
