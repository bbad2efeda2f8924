//! From a request to a conversation: the answer that upgrades, and what begins once it is written.

use std::future::Future;
use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::error::ErrorBadRequest;
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::future::{FutureExt, LocalBoxFuture};

use super::connection::{self, Connection};
use super::flush::Flusher;
use super::{Frames, Outbox};
use crate::hub::Shard;

/// What an answer carries that upgrades its connection.
pub(crate) struct Accepted(Box<dyn FnOnce(Connection) -> LocalBoxFuture<'static, ()>>);

impl Accepted {
    /// The conversation, to its end.
    pub(crate) fn converse(self, connection: Connection) -> LocalBoxFuture<'static, ()> {
        (self.0)(connection)
    }
}

/// Upgrades a request. Of the subprotocols that the client offers, the first of `protocols` is chosen. When the answer
/// is written, `converse` begins, in a task of its own on the same thread; what it puts into the queue, of which at most
/// `queue` bytes wait, is written to the connection. The connection ends when both are done.
///
/// Only servers of [`frames::listen`](crate::frames::listen) upgrade: others would send the answer and go on with HTTP.
///
/// # Errors
/// The request is no upgrade to version 13 of the protocol, or has a body in chunks.
pub fn accept<C, F>(
    request: &HttpRequest,
    payload: web::Payload,
    protocols: &[&str],
    queue: usize,
    converse: C,
) -> Result<HttpResponse, actix_web::Error>
where
    C: FnOnce(Frames, Rc<Outbox>) -> F + 'static,
    F: Future<Output = ()> + 'static,
{
    // Its connection would be HTTP still, waiting for the body, after an answer that says otherwise.
    if request.headers().contains_key(TRANSFER_ENCODING) {
        return Err(ErrorBadRequest("it has a body"));
    }
    // Its channel, and the task between every frame and the connection, are not used.
    let (response, ..) = actix_ws::handle_with_protocols(request, payload, protocols)?;
    let mut response = response.map_body(|_, _| BoxBody::new(()));
    // Only a server without a hub has no shard.
    let shard = request.app_data::<Shard>();
    let traffic = shard.map(|shard| Rc::clone(shard.traffic())).unwrap_or_default();
    let flusher = shard.map_or_else(Flusher::start, |shard| shard.flusher().clone());
    let converse = move |connection: Connection| {
        traffic.opened();
        let (stream, early) = connection.split();
        let outbox = Outbox::connected(queue, Rc::clone(&stream), flusher, traffic);
        let frames = Frames::new(Rc::clone(&stream), early, Rc::clone(&outbox));
        let conversation = actix_web::rt::spawn(converse(frames, Rc::clone(&outbox)));
        connection::carry(stream, outbox, conversation).boxed_local()
    };
    response.extensions_mut().insert(Accepted(Box::new(converse)));
    Ok(response)
}
