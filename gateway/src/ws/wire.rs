//! Frames as they go over a connection: header and payload, finished. Made once, shared by all who get them.

use actix_http::ws::{OpCode, Parser};
use actix_ws::CloseReason;
use bytes::{Bytes, BytesMut};
use kernel::Published;

use crate::metrics::Moment;

/// The longest header of a frame that a server sends (RFC 6455, section 5.2).
const HEADER_MAX: usize = 10;

/// One frame from the server, ready to be written. Cloning shares its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    bytes: Bytes,
    /// When what it tells of was published.
    published: Option<Moment>,
}

impl Wire {
    /// A whole message of text.
    pub fn text(text: &str) -> Self {
        Self::frame(text.as_bytes(), OpCode::Text)
    }

    /// A whole message of any bytes.
    pub fn binary(bytes: &[u8]) -> Self {
        Self::frame(bytes, OpCode::Binary)
    }

    pub(super) fn ping() -> Self {
        Self::frame(b"", OpCode::Ping)
    }

    /// The answer to a ping, which has at most 125 bytes.
    pub(super) fn pong(payload: &[u8]) -> Self {
        Self::frame(payload, OpCode::Pong)
    }

    pub(super) fn close(reason: CloseReason) -> Self {
        let mut frame = BytesMut::new();
        Parser::write_close(&mut frame, Some(reason), false);
        Self { bytes: frame.freeze(), published: None }
    }

    fn frame(payload: &[u8], opcode: OpCode) -> Self {
        let mut frame = BytesMut::with_capacity(HEADER_MAX + payload.len());
        Parser::write_message(&mut frame, payload, opcode, true, false);
        Self { bytes: frame.freeze(), published: None }
    }

    /// The same, with when what it tells of was published.
    pub(crate) fn published(self, published: Option<Published>) -> Self {
        Self { published: published.map(Moment::from), ..self }
    }

    /// When what it tells of was published; `None`: that is not measured.
    pub(super) fn moment(&self) -> Option<Moment> {
        self.published
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_rfc_6455_has_them() {
        assert_eq!(Wire::text("Hello").bytes(), b"\x81\x05Hello");
        assert_eq!(Wire::ping().bytes(), b"\x89\x00");
        assert_eq!(Wire::pong(b"x").bytes(), b"\x8a\x01x");
        let long = Wire::binary(&[7; 256]);
        assert_eq!((&long.bytes()[..4], long.size()), (&b"\x82\x7e\x01\x00"[..], 260));
        let close = Wire::close((4003.into(), "over").into());
        assert_eq!(close.bytes(), b"\x88\x06\x0f\xa3over");
    }
}
