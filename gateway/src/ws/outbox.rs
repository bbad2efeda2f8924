//! What waits to be written to one socket: bounded in bytes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::payload::{self, Payload, Reconnect};
use super::{CloseReason, Wire};

/// What a waiting frame costs beside its bytes.
const OVERHEAD: usize = 64;

/// How long the last frames may take to leave.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);

/// The queue of one session. Filled by its worker, emptied by its connection; both live on one thread.
#[derive(Debug)]
pub struct Outbox {
    frames: RefCell<VecDeque<Wire>>,
    bytes: Cell<usize>,
    limit: usize,
    reason: Cell<Option<CloseReason>>,
    leaving: Cell<bool>,
    /// What is left to be said to the connection.
    closing: Cell<Closing>,
    /// The connection, which waits for something to write.
    connection: RefCell<Option<Waker>>,
    /// For everybody else who waits: there is more room, or an end.
    news: Notify,
}

/// How far the connection is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// It has not taken the close frame, if there is to be one.
    Open,
    /// It has taken everything.
    Said,
    /// Nobody takes anything any more.
    Gone,
}

impl Outbox {
    /// An empty queue for at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            frames: RefCell::default(),
            bytes: Cell::new(0),
            limit,
            reason: Cell::new(None),
            leaving: Cell::new(false),
            closing: Cell::new(Closing::Open),
            connection: RefCell::default(),
            news: Notify::new(),
        }
    }

    /// Queues a frame. A queue that is full ends the session: its client reads too slowly, and resumes by `rev`. A frame
    /// that is larger than the whole queue goes when nothing else waits.
    pub fn push(&self, frame: Wire) {
        if self.reason.get().is_some() {
            return;
        }
        if !self.fits(frame.size()) {
            return self.end(CloseReason::TooSlow);
        }
        self.bytes.set(self.bytes.get() + frame.size() + OVERHEAD);
        self.frames.borrow_mut().push_back(frame);
        self.wake();
    }

    fn wake(&self) {
        // Once: what comes before the connection looks again finds nobody to wake.
        if let Some(connection) = self.connection.take() {
            connection.wake();
        }
    }

    /// Queues an event of the gateway's own.
    pub(crate) fn tell(&self, data: &impl Payload) {
        if let Some(frame) = payload::frame(data) {
            self.push(frame);
        }
    }

    /// Queues an event of the gateway's own as soon as there is room for it. `false` when the session ends, or is to,
    /// before that.
    pub(crate) async fn tell_in_time(&self, data: &impl Payload) -> bool {
        let Some(frame) = payload::frame(data) else { return true };
        let size = frame.size();
        self.until(|outbox| (outbox.has_room() && outbox.fits(size)) || outbox.is_over()).await;
        let room = self.has_room() && self.fits(size);
        if room {
            self.push(frame);
        }
        room && self.reason.get().is_none()
    }

    fn fits(&self, frame: usize) -> bool {
        self.bytes.get() == 0 || self.bytes.get() + frame + OVERHEAD <= self.limit
    }

    /// Ends the session; the first reason counts.
    pub fn end(&self, reason: CloseReason) {
        if self.reason.get().is_none() {
            self.reason.set(Some(reason));
            if !reason.flushes() {
                self.forget();
            }
            self.wake();
            self.news.notify_waiters();
        }
    }

    /// The server stops: tells the client when to come back, and lets the session end what it is doing.
    pub(crate) fn leave(&self, delay_ms: u16) {
        if !self.leaving.replace(true) {
            self.tell(&Reconnect { delay_ms });
            self.news.notify_waiters();
        }
    }

    /// Whether the server stops.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.get()
    }

    /// Why the session ends, when it does.
    pub(crate) fn reason(&self) -> Option<CloseReason> {
        self.reason.get()
    }

    /// The most bytes that may wait.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Whether less than half of the queue is in use: what can be sent in parts waits for this between them.
    pub(crate) fn has_room(&self) -> bool {
        self.bytes.get() < self.limit / 2
    }

    /// Waits until there is room. `false` when the session ends, or is to, before that: a client that does not read must
    /// not keep a server that stops.
    pub(crate) async fn room(&self) -> bool {
        self.until(|outbox| outbox.has_room() || outbox.is_over()).await;
        self.has_room() && self.reason.get().is_none()
    }

    fn is_over(&self) -> bool {
        self.reason.get().is_some() || self.leaving.get()
    }

    /// Waits until the session ends, for whatever reason, or is to.
    pub(crate) async fn over(&self) {
        self.until(Self::is_over).await;
    }

    async fn until(&self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            // All on one thread: nothing changes between the look and the wait.
            self.news.notified().await;
        }
    }

    /// The next frame for the connection; `None` when it is to close. The close frame comes last.
    pub(super) fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Option<Wire>> {
        let next = self.frames.borrow_mut().pop_front();
        if let Some(frame) = next {
            self.taken(&frame);
            return Poll::Ready(Some(frame));
        }
        let Some(reason) = self.reason.get() else {
            self.connection.replace(Some(context.waker().clone()));
            return Poll::Pending;
        };
        let last = match self.closing.replace(Closing::Said) {
            Closing::Open => reason.frame().map(Wire::close),
            Closing::Said | Closing::Gone => None,
        };
        self.news.notify_waiters();
        Poll::Ready(last)
    }

    fn taken(&self, frame: &Wire) {
        let had_room = self.has_room();
        self.bytes.set(self.bytes.get().saturating_sub(frame.size() + OVERHEAD));
        if !had_room && self.has_room() {
            self.news.notify_waiters();
        }
    }

    fn forget(&self) {
        self.frames.borrow_mut().clear();
        self.bytes.set(0);
    }

    /// The connection is gone.
    pub(super) fn disconnected(&self) {
        self.closing.set(Closing::Gone);
        self.end(CloseReason::Silent);
        self.news.notify_waiters();
    }

    /// Waits until the connection has taken what was still to be said, two seconds at most: a client that does not read
    /// must not keep the session.
    pub async fn said(&self) {
        let said = self.until(|outbox| outbox.closing.get() != Closing::Open);
        if timeout(FAREWELL, said).await.is_err() {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn frame(letter: &str, size: usize) -> Wire {
        Wire::text(&letter.repeat(size))
    }

    /// What the connection gets now: a frame, the end, or nothing yet.
    fn poll(outbox: &Outbox) -> Poll<Option<Wire>> {
        outbox.poll_frame(&mut Context::from_waker(Waker::noop()))
    }

    fn close(reason: CloseReason) -> Poll<Option<Wire>> {
        Poll::Ready(reason.frame().map(Wire::close))
    }

    #[test]
    fn a_full_queue_ends_the_session_and_forgets_what_waits() {
        let outbox = Outbox::new(1_000);
        for _ in 0..5 {
            outbox.push(frame("x", 100));
        }
        assert_eq!(outbox.reason(), None);
        outbox.push(frame("x", 200));
        assert_eq!(outbox.reason(), Some(CloseReason::TooSlow));
        assert_eq!(poll(&outbox), close(CloseReason::TooSlow));
        assert_eq!(poll(&outbox), Poll::Ready(None));
    }

    #[tokio::test]
    async fn what_was_taken_makes_room_and_a_farewell_comes_last() {
        let outbox = Outbox::new(300);
        outbox.push(frame("x", 200));
        assert!(!outbox.has_room());
        assert_eq!(poll(&outbox), Poll::Ready(Some(frame("x", 200))));
        assert!(outbox.room().await);
        assert!(poll(&outbox).is_pending());
        outbox.push(frame("y", 200));
        outbox.end(CloseReason::GoingAway);
        outbox.push(frame("z", 1));
        assert!(!outbox.room().await);
        assert_eq!(poll(&outbox), Poll::Ready(Some(frame("y", 200))));
        assert_eq!(poll(&outbox), close(CloseReason::GoingAway));
        assert_eq!(poll(&outbox), Poll::Ready(None));
        outbox.said().await;
    }

    #[tokio::test]
    async fn a_frame_larger_than_the_queue_goes_alone_and_nobody_waits_for_room_when_the_server_stops() {
        let outbox = Outbox::new(1_000);
        outbox.push(frame("x", 5_000));
        assert_eq!(outbox.reason(), None);
        outbox.leave(0);
        assert_eq!(outbox.reason(), Some(CloseReason::TooSlow), "a second one waits for room");
        let outbox = Outbox::new(1_000);
        outbox.push(frame("x", 800));
        outbox.leave(0);
        assert!(!outbox.room().await && outbox.reason().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_not_waited_for() {
        let outbox = Outbox::new(1_000);
        outbox.push(frame("x", 100));
        outbox.end(CloseReason::GoingAway);
        outbox.said().await;
        assert_eq!(poll(&outbox), close(CloseReason::GoingAway), "what waited is forgotten");
        let outbox = Outbox::new(1_000);
        outbox.disconnected();
        outbox.said().await;
        assert_eq!((outbox.reason(), poll(&outbox)), (Some(CloseReason::Silent), Poll::Ready(None)));
    }
}
