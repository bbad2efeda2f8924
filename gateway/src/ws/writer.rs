//! Writing to a socket, and closing it.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::Ending;
use super::outbox::{Next, Outbox};

/// How long the last frames may take to leave, and then the close frame.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);

/// Writes what waits to the socket, until the session ends. What is still to be said then has two seconds to leave: a
/// client that does not read must not keep the session.
pub async fn write(outbox: Rc<Outbox>, socket: actix_ws::Session) {
    let deadline = async {
        outbox.ended().await;
        if outbox.ending().is_some_and(Ending::flushes) {
            sleep(FAREWELL).await;
        }
    };
    let ending = tokio::select! {
        ending = flush(&outbox, socket.clone()) => ending,
        () = deadline => outbox.ending().unwrap_or(Ending::Silent),
    };
    if let Some(reason) = ending.reason() {
        let _ = timeout(FAREWELL, socket.close(Some(reason))).await;
    }
}

/// Writes frames until the session ends; says why it does.
async fn flush(outbox: &Outbox, mut socket: actix_ws::Session) -> Ending {
    loop {
        let frames = match outbox.next().await {
            Next::End(ending) => return ending,
            Next::Frames(frames) => frames,
        };
        for frame in frames {
            if socket.text(frame.clone()).await.is_err() {
                outbox.end(Ending::Silent);
                return Ending::Silent;
            }
            outbox.written(&frame);
        }
    }
}
