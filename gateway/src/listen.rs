//! Listening: HTTP/1.1 for an actix app, which can let go of a connection that it upgrades.
//!
//! What `actix_web::HttpServer` serves stays HTTP to the end: a WebSocket there is the body of an answer, with the
//! buffers of a connection that may go on with requests. actix-http gives a connection away that asks for an upgrade; here
//! it is given to the app first, as any other request, and then to the conversation that the app's answer began.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::rc::Rc;
use std::time::Duration;

use actix_codec::{Framed, FramedParts};
use actix_http::body::{BodySize, BoxBody, MessageBody, to_bytes};
use actix_http::h1::{Codec, Message};
use actix_http::{ConnectionType, HttpService, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, fn_factory, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use futures_util::SinkExt;
use futures_util::future::{FutureExt, LocalBoxFuture};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::sync::OnceCell;

use crate::ws::{Accepted, Connection};

/// How long what was sent may stay unacknowledged.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Connections that may wait to be accepted: when everybody comes back at once, they are many. The system may allow fewer
/// (`net.core.somaxconn`).
const BACKLOG: i32 = 4_096;

/// How to listen.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads that serve.
    pub workers: usize,
    /// How long a client may take for the head of a request, and a connection be kept for the next one.
    pub patience: Duration,
    /// How long a graceful stop may take, seconds.
    pub shutdown_s: u64,
}

/// Listens, and serves once the server is polled. Each worker makes an app, for calls and for requests for an upgrade,
/// which it may [`accept`](crate::frames::accept).
///
/// # Errors
/// Nobody can listen there.
pub fn listen<F, I, S, B>(
    address: impl ToSocketAddrs,
    options: Options,
    app: F,
) -> io::Result<(Server, SocketAddr)>
where
    F: Fn() -> I + Clone + Send + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Error = actix_web::Error> + 'static,
    S::Response: Into<Response<B>> + 'static,
    S::InitError: Debug,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let Options { workers, patience, shutdown_s } = options;
    let mut server = ServerBuilder::new().workers(workers).shutdown_timeout(shutdown_s).disable_signals();
    // Connections that wait for a request are told to go: what `HttpServer` uses for that.
    let stops = server.graceful_shutdown_signal();
    let mut first = None;
    for address in address.to_socket_addrs()? {
        let listener = bind(address)?;
        first = first.or(Some(listener.local_addr()?));
        let (app, stops) = (app.clone(), stops.clone());
        server = server.listen("http", listener, move || {
            let app = shared(map_config(app(), |()| AppConfig::default()));
            let calls = fn_factory(app.clone());
            let upgrades = fn_factory(move || {
                let app = app();
                async move {
                    let app = app.await?;
                    Ok::<_, S::InitError>(fn_service(move |(request, framed)| {
                        upgrade(Rc::clone(&app), request, framed)
                    }))
                }
            });
            let stops = stops.clone();
            HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stops = stops.clone();
                    async move { stops.notified().await }
                })
                .keep_alive(patience)
                .client_request_timeout(patience)
                // What a refused request still sends is read by `http::Valid`.
                .client_disconnect_timeout(Duration::ZERO)
                // An answer behind an event must not wait until the client has acknowledged the event.
                .tcp_nodelay(true)
                .on_connect_ext(|stream: &TcpStream, _| {
                    // A peer that acknowledges nothing for this long, or never reads, is gone: nobody else would end it.
                    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED));
                })
                .upgrade(upgrades)
                .finish(calls)
                .tcp()
        })?;
    }
    let first = first.ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
    Ok((server.run(), first))
}

/// A worker's app: made for whoever asks first, the same for the next. The patterns of some hundred routes are not free.
fn shared<S: ServiceFactory<Request, Config = ()> + 'static>(
    factory: S,
) -> impl Fn() -> LocalBoxFuture<'static, Result<Rc<S::Service>, S::InitError>> + Clone {
    let shared = Rc::new((factory, OnceCell::new()));
    move || {
        let shared = Rc::clone(&shared);
        async move {
            let (factory, app) = &*shared;
            app.get_or_try_init(async || factory.new_service(()).await.map(Rc::new)).await.cloned()
        }
        .boxed_local()
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A server that starts again need not wait for connections of the one before.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Answers a request for an upgrade; the conversation, when it was accepted, is the rest of the connection.
async fn upgrade<S, B>(
    app: Rc<S>,
    request: Request,
    mut framed: Framed<TcpStream, Codec>,
) -> Result<(), actix_web::Error>
where
    S: Service<Request, Error = actix_web::Error>,
    S::Response: Into<Response<B>>,
    B: MessageBody + 'static,
{
    let mut response = match app.call(request).await {
        Ok(response) => response.into().map_into_boxed_body(),
        Err(error) => error.into(),
    };
    let accepted = response.extensions_mut().remove::<Accepted>();
    let Some(accepted) = accepted else { return refuse(&mut framed, response).await };
    framed.send(Message::Item((response.drop_body(), BodySize::None))).await?;
    // Its buffers end here: 16 KiB that a quiet connection would keep.
    let FramedParts { io, read_buf: early, .. } = framed.into_parts();
    let connection = Connection::new(io, &early);
    drop(early);
    accepted.converse(connection).await;
    Ok(())
}

/// Answers, and ends the connection: where a request ends that is no upgrade after all, is not known.
async fn refuse(
    framed: &mut Framed<TcpStream, Codec>,
    response: Response<BoxBody>,
) -> Result<(), actix_web::Error> {
    let mut body = BoxBody::new(());
    let mut response = response.map_body(|_, whole| body = whole);
    let body = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    response.head_mut().set_connection_type(ConnectionType::Close);
    let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
    // With one call: some clients read no more of a refusal than comes with its head.
    framed.feed(Message::Item((response, BodySize::Sized(size)))).await?;
    framed.feed(Message::Chunk(Some(body))).await?;
    Ok(framed.send(Message::Chunk(None)).await?)
}
