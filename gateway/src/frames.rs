//! The sockets of `/ws` below what is said over them: frames, fragments, UTF-8, pings and the closing handshake.
//!
//! Public so that something simpler than a session can be made of the same code and be held against a suite of tests for
//! RFC 6455 (`tests/autobahn`).

pub use crate::listen::{Options, listen};
pub use crate::ws::{CloseReason, Frames, Message, Outbox, Wire, accept};
