//! What a client says, message by message: RFC 6455, and nothing of what Guildhall makes of it.

use std::rc::Rc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream};
use bytes::Bytes;
use bytestring::ByteString;
use futures_util::StreamExt;
use tokio::time::Instant;

use super::body::Body;
use super::guard::guarded;
use super::{CloseReason, Outbox, Wire};

/// The largest message from a client, bytes; in one frame or several.
pub(crate) const FRAME_MAX: usize = 65_536;
/// The same, as frames announce it.
const FRAME_MAX_BYTES: u64 = 65_536;

/// A whole message of a client, of at most 64 KiB.
#[derive(Debug)]
pub enum Message {
    /// Text; certainly UTF-8.
    Text(ByteString),
    /// Anything.
    Binary(Bytes),
}

/// The reading half of a socket.
#[expect(missing_debug_implementations, reason = "actix_ws's stream has none")]
pub struct Frames {
    stream: AggregatedMessageStream,
    outbox: Rc<Outbox>,
    heard: Instant,
}

impl Frames {
    /// Upgrades a request. Of the subprotocols that the client offers, the first of `protocols` is chosen. What `outbox`
    /// gets is written to the connection.
    ///
    /// # Errors
    /// The request is no upgrade to version 13 of the protocol.
    pub async fn upgrade(
        request: &HttpRequest,
        payload: web::Payload,
        protocols: &[&str],
        outbox: &Rc<Outbox>,
    ) -> Result<(HttpResponse, Self), actix_web::Error> {
        let payload = guarded(request, payload, FRAME_MAX_BYTES).await?;
        // Its way of writing, a channel and a task between every frame and the connection, is not used.
        let (response, _, stream) = actix_ws::handle_with_protocols(request, payload, protocols)?;
        let response = response.map_body(|_, alive| Body::new(Rc::clone(outbox), alive).boxed());
        let stream = stream.max_frame_size(FRAME_MAX);
        let stream = stream.aggregate_continuations().max_continuation_size(FRAME_MAX);
        Ok((response, Self { stream, outbox: Rc::clone(outbox), heard: Instant::now() }))
    }

    /// The next message. Fragments are put together, and pings answered, on the way.
    ///
    /// # Errors
    /// There is none: how the session is to end.
    pub async fn next(&mut self) -> Result<Message, CloseReason> {
        loop {
            let message = self.stream.next().await;
            self.heard = Instant::now();
            match message {
                Some(Ok(AggregatedMessage::Text(text))) => return Ok(Message::Text(text)),
                Some(Ok(AggregatedMessage::Binary(bytes))) => return Ok(Message::Binary(bytes)),
                Some(Ok(AggregatedMessage::Ping(payload))) => {
                    self.outbox.push(Wire::pong(&payload));
                }
                Some(Ok(AggregatedMessage::Pong(_))) => {}
                Some(Ok(AggregatedMessage::Close(reason))) => {
                    return Err(CloseReason::ByClient(reason.map(|reason| u16::from(reason.code))));
                }
                Some(Err(error)) => return Err(CloseReason::from(&error)),
                None => return Err(CloseReason::Silent),
            }
        }
    }

    /// For how long nothing has come from the client.
    pub(super) fn silent_for(&self) -> Duration {
        self.heard.elapsed()
    }
}
