//! Somebody who says back what is said, over the sockets of `/ws`.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, web};
use gateway::frames::{Frames, Message, Outbox, Wire};

/// What may wait for a reader, bytes: as in the product's settings.
const QUEUE: usize = 1 << 20;

/// Listens on a free port for as long as the runtime lives.
pub(crate) fn start() -> std::io::Result<SocketAddr> {
    let server = HttpServer::new(|| App::new().service(open))
        .workers(1)
        // As in the product.
        .client_disconnect_timeout(Duration::ZERO)
        .disable_signals()
        .bind("127.0.0.1:0")?;
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    Ok(address)
}

#[get("/")]
async fn open(request: HttpRequest, payload: web::Payload) -> actix_web::Result<HttpResponse> {
    let outbox = Rc::new(Outbox::new(QUEUE));
    let (response, frames) = Frames::upgrade(&request, payload, &[], &outbox).await?;
    actix_web::rt::spawn(echo(frames, outbox));
    Ok(response)
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
