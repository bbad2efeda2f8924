//! A connection after its upgrade: it belongs to the conversation alone. While nothing comes and nothing goes, it has no
//! buffers.

use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::net::Shutdown;
use std::rc::Rc;

use actix_web::rt::net::TcpStream;
use bytes::BytesMut;
use futures_util::future::{Either, select};
use socket2::SockRef;
use tokio::task::JoinHandle;

use super::Outbox;

/// A connection whose upgrade was answered.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// What came behind the request.
    early: BytesMut,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, early: &[u8]) -> Self {
        Self { stream, early: early.into() }
    }

    pub(super) fn split(self) -> (Rc<TcpStream>, BytesMut) {
        (Rc::new(self.stream), self.early)
    }
}

/// Writes what the conversation says, until it has said everything and has ended.
pub(super) async fn carry(stream: Rc<TcpStream>, outbox: Rc<Outbox>, conversation: JoinHandle<()>) {
    // Also when a server that stops drops this.
    let gone = Gone(outbox);
    let writing = std::pin::pin!(write(&stream, &gone.0));
    if let Either::Left((_, conversation)) = select(writing, conversation).await {
        let _ = SockRef::from(&*stream).shutdown(Shutdown::Write);
        // It has said its last, or nobody listens: it ends by itself.
        gone.0.disconnected();
        let _ = conversation.await;
    }
}

/// As much of what waits as the system takes, with one call, again and again.
async fn write(stream: &TcpStream, outbox: &Outbox) -> io::Result<()> {
    while poll_fn(|context| outbox.poll_waiting(context)).await {
        match outbox.write(|frames| put(stream, frames)) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => stream.writable().await?,
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Gives frames to the system with one call; says how many bytes it took.
pub(super) fn put(stream: &TcpStream, frames: &[IoSlice<'_>]) -> io::Result<usize> {
    match frames {
        // The shorter way through the kernel.
        [frame] => stream.try_write(frame),
        frames => stream.try_write_vectored(frames),
    }
}

/// Tells the conversation that its connection is gone.
struct Gone(Rc<Outbox>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.disconnected();
    }
}
