//! The writing of what was queued for the sockets of one worker: one task for all of them, and one call of the system for each.

use std::rc::Rc;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::yield_now;

use super::Outbox;

/// Sockets that are written to before the worker's other tasks have their turn: about a millisecond.
const BURST: usize = 128;

/// Writes to the sockets of one worker. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Flusher(UnboundedSender<Rc<Outbox>>);

impl Flusher {
    /// That of the present worker. It ends with the last of its clones.
    pub(crate) fn start() -> Self {
        let (queue, mut due) = unbounded_channel::<Rc<Outbox>>();
        actix_web::rt::spawn(async move {
            let mut burst = Vec::with_capacity(BURST);
            while due.recv_many(&mut burst, BURST).await > 0 {
                for outbox in burst.drain(..) {
                    outbox.flush();
                }
                yield_now().await;
            }
        });
        Self(queue)
    }

    /// [Flushes](Outbox::flush) the outbox soon; `false` when the worker ends.
    pub(super) fn add(&self, outbox: Rc<Outbox>) -> bool {
        self.0.send(outbox).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use actix_web::rt::net::{TcpListener, TcpStream};
    use tokio::io::AsyncReadExt;
    use tokio::task::{LocalSet, spawn_local};

    use super::super::{CloseReason, Wire, connection};
    use super::*;

    #[tokio::test]
    async fn what_is_queued_arrives_in_order_also_when_the_socket_does_not_take_it_at_once() {
        let arrives = async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let stream = Rc::new(listener.accept().await.unwrap().0);
            let outbox = Outbox::connected(1 << 30, Rc::clone(&stream), Flusher::start(), Rc::default());
            let conversation = spawn_local(pending());
            let carried = spawn_local(connection::carry(stream, Rc::clone(&outbox), conversation));
            let mut sent = Vec::new();
            // More than the buffers of both ends, in the middle.
            for (letter, size) in [("a", 10), ("b", 20), ("c", 30 << 20), ("d", 10), ("e", 10)] {
                // The connection waits, when it can.
                yield_now().await;
                let frame = Wire::text(&letter.repeat(size));
                sent.extend_from_slice(frame.bytes());
                outbox.push(frame);
            }
            let mut came = vec![0; sent.len()];
            client.read_exact(&mut came).await.unwrap();
            assert!(came == sent, "as it was queued");
            yield_now().await;
            outbox.push(Wire::text("f"));
            outbox.end(CloseReason::GoingAway);
            outbox.push(Wire::text("too late"));
            let mut rest = Vec::new();
            client.read_to_end(&mut rest).await.unwrap();
            let close = Wire::close(CloseReason::GoingAway.frame().unwrap());
            assert_eq!(rest, [Wire::text("f").bytes(), close.bytes()].concat());
            carried.abort();
        };
        LocalSet::new().run_until(arrives).await;
    }
}
