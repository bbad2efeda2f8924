//! Somebody who says back what is said, over the sockets of `/ws`.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, get, web};
use gateway::frames::{Frames, Message, Options, Outbox, Wire, accept, listen};

/// What may wait for a reader, bytes: as in the product's settings.
const QUEUE: usize = 1 << 20;

/// Listens on a free port for as long as the runtime lives.
pub(crate) fn start() -> std::io::Result<SocketAddr> {
    let options = Options { workers: 1, patience: Duration::from_secs(5), shutdown_s: 1 };
    let (server, address) = listen("127.0.0.1:0", options, || App::new().service(open))?;
    tokio::spawn(server);
    Ok(address)
}

#[get("/")]
async fn open(request: HttpRequest, payload: web::Payload) -> actix_web::Result<HttpResponse> {
    accept(&request, payload, &[], QUEUE, echo)
}

async fn echo(mut frames: Frames, outbox: Rc<Outbox>) {
    let ending = loop {
        match frames.next().await {
            Ok(Message::Text(text)) => outbox.push(Wire::text(&text)),
            // The product says nothing in binary, and closes where a client does.
            Ok(Message::Binary(bytes)) => outbox.push(Wire::binary(&bytes)),
            Err(ending) => break ending,
        }
    };
    outbox.end(ending);
    outbox.said().await;
}
