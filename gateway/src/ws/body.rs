//! What is written to a socket: the body of the response that upgraded its connection, which ends when the session does.
//! The connection takes frames for as long as its buffer has room, and writes them with one call to the system.

use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use super::Outbox;

pub(super) struct Body {
    outbox: Rc<Outbox>,
    /// actix-ws's own body, which nobody polls. While it lives, the reading half knows that the connection does.
    _alive: BoxBody,
}

impl Body {
    pub(super) fn new(outbox: Rc<Outbox>, alive: BoxBody) -> Self {
        Self { outbox, _alive: alive }
    }
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.outbox.poll_frame(context).map(|frame| frame.map(|frame| Ok(frame.into_bytes())))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.outbox.disconnected();
    }
}
