//! The way from the hub to a worker: bounded in bytes.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use kernel::{ScopeId, Seq, Topic};
use messaging::Head;
use tokio::sync::{mpsc, oneshot};

use super::{Delivery, SessionKey, Ticket, WorkerFigures};
use crate::ws::CloseReason;

/// Bytes that may wait for one worker. Beyond it the worker hangs: its sessions are closed and resume elsewhere.
const BACKLOG: usize = 64 << 20;

/// What the hub tells a worker.
#[derive(Debug)]
pub(crate) enum Command {
    Deliver(Delivery),
    /// This is for all who hear the topic but these.
    DeliverBut(Arc<HashSet<SessionKey>>, Delivery),
    /// This is for one of the sessions that hear the topic.
    Tell(SessionKey, Delivery),
    /// This session may no longer hear this topic, if it still does by this ticket.
    Drop(SessionKey, Topic, Ticket),
    /// This session is about to hear one more topic, from this message on: keep what comes.
    Hold(SessionKey, Topic, Option<ScopeId>, Ticket, Seq),
    /// It hears the topic from now on; a channel from this head on.
    Release(SessionKey, Topic, Option<ScopeId>, Ticket, Option<Head>),
    /// This session is to end.
    Close(SessionKey, CloseReason),
    /// All of this worker's sessions are to end.
    CloseAll(CloseReason),
    /// Tell how you are.
    Measure(oneshot::Sender<WorkerFigures>),
    /// The server stops.
    Shutdown,
}

/// The hub's end of the way to a worker. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ShardSender {
    pub(crate) id: usize,
    pub(super) queue: mpsc::UnboundedSender<Command>,
    pub(super) load: Arc<Load>,
}

#[derive(Debug, Default)]
pub(super) struct Load {
    pub(super) bytes: AtomicUsize,
    /// The sessions have been told to go; no more deliveries until they are.
    pub(super) over: AtomicBool,
    /// How the worker was when it told last.
    pub(super) last: Mutex<WorkerFigures>,
}

impl ShardSender {
    #[cfg(test)]
    pub(super) fn for_tests() -> Self {
        Self { id: 0, queue: mpsc::unbounded_channel().0, load: Arc::default() }
    }

    pub(crate) fn send(&self, command: Command) {
        if let Command::Deliver(delivery) | Command::DeliverBut(_, delivery) | Command::Tell(_, delivery) =
            &command
        {
            if self.load.over.load(Ordering::Acquire) {
                return;
            }
            if self.load.bytes.fetch_add(delivery.size(), Ordering::Relaxed) > BACKLOG {
                self.load.bytes.fetch_sub(delivery.size(), Ordering::Relaxed);
                if !self.load.over.swap(true, Ordering::AcqRel) {
                    let _ = self.queue.send(Command::CloseAll(CloseReason::TooSlow));
                }
                return;
            }
        }
        // A worker that has ended has no sessions.
        let _ = self.queue.send(command);
    }
}
