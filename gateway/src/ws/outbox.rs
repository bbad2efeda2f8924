//! What waits to be written to one socket: bounded in bytes.

mod drain;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::task::Waker;
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::flush::Flusher;
use super::payload::{self, Payload, Reconnect};
use super::{CloseReason, Wire};
use crate::metrics::Traffic;

/// What a waiting frame costs beside its bytes.
const OVERHEAD: usize = 64;

/// How long the last frames may take to leave.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);

/// The queue of one session. Filled by its worker and emptied by the worker's flusher, or by its connection when the socket
/// does not take everything at once; all of them live on one thread.
#[derive(Debug)]
pub struct Outbox {
    /// Where it is written to; tests have none, and write for the connection.
    socket: Option<Socket>,
    /// The flusher is to write what waits.
    due: Cell<bool>,
    frames: RefCell<VecDeque<Wire>>,
    /// Bytes of the first of them that are written.
    written: Cell<usize>,
    bytes: Cell<usize>,
    limit: usize,
    reason: Cell<Option<CloseReason>>,
    leaving: Cell<bool>,
    /// What is left to be said to the connection.
    closing: Cell<Closing>,
    /// The connection, which has nothing to do; `None` while it writes.
    connection: RefCell<Option<Waker>>,
    /// For everybody else who waits: there is more room, or an end.
    news: Notify,
    /// Where it is counted what is written.
    traffic: Rc<Traffic>,
}

#[derive(Debug)]
struct Socket {
    stream: Rc<TcpStream>,
    flusher: Flusher,
    outbox: Weak<Outbox>,
}

/// How far the connection is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// It has not been given the close frame, if there is to be one.
    Open,
    /// It has been given it.
    Saying,
    /// It has written everything.
    Said,
    /// Nobody takes anything any more.
    Gone,
}

impl Outbox {
    /// An empty queue for at most `limit` bytes, for a socket of the worker that has this flusher; what goes through it is
    /// counted there.
    pub(super) fn connected(
        limit: usize,
        stream: Rc<TcpStream>,
        flusher: Flusher,
        traffic: Rc<Traffic>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|outbox| {
            let socket = Socket { stream, flusher, outbox: outbox.clone() };
            Self { socket: Some(socket), ..Self::new(limit, traffic) }
        })
    }

    fn new(limit: usize, traffic: Rc<Traffic>) -> Self {
        Self {
            socket: None,
            due: Cell::new(false),
            frames: RefCell::default(),
            written: Cell::new(0),
            bytes: Cell::new(0),
            limit,
            reason: Cell::new(None),
            leaving: Cell::new(false),
            closing: Cell::new(Closing::Open),
            connection: RefCell::default(),
            news: Notify::new(),
            traffic,
        }
    }

    /// Where it is counted what goes through the socket.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Bytes and frames that wait.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.bytes.get(), self.frames.borrow().len())
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
            self.wake_connection();
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

    /// Forgets what waits, but what is half written: the client could not tell where the next frame begins.
    fn forget(&self) {
        let mut frames = self.frames.borrow_mut();
        frames.truncate(usize::from(self.written.get() > 0));
        self.bytes.set(frames.front().map_or(0, |frame| frame.size() + OVERHEAD));
    }

    /// Waits until the connection has written what was still to be said, two seconds at most: a client that does not read
    /// must not keep the session.
    pub async fn said(&self) {
        let said = self.until(|outbox| matches!(outbox.closing.get(), Closing::Said | Closing::Gone));
        if timeout(FAREWELL, said).await.is_err() {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::task::{Context, Poll, Waker};

    use super::drain::FRAMES;
    use super::*;

    fn frame(letter: &str, size: usize) -> Wire {
        Wire::text(&letter.repeat(size))
    }

    /// Whether something waits.
    fn poll(outbox: &Outbox) -> Poll<bool> {
        outbox.poll_waiting(&mut Context::from_waker(Waker::noop()))
    }

    /// What a connection writes that takes so many bytes at once.
    fn written(outbox: &Outbox, most: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        outbox
            .write(|slices| {
                bytes = slices.iter().flat_map(|slice| slice.to_vec()).collect();
                bytes.truncate(most);
                Ok(bytes.len())
            })
            .unwrap();
        bytes
    }

    fn close(reason: CloseReason) -> Vec<u8> {
        Wire::close(reason.frame().unwrap()).bytes().to_vec()
    }

    #[test]
    fn frames_are_written_together_and_go_on_where_they_were_cut() {
        let outbox = Outbox::new(1_000_000, Rc::default());
        let (one, other) = (frame("x", 200), frame("y", 300));
        outbox.push(one.clone());
        outbox.push(other.clone());
        let whole = [one.bytes(), other.bytes()].concat();
        let mut came = Vec::new();
        for most in [1, 150, 100, 1_000] {
            assert_eq!(poll(&outbox), Poll::Ready(true));
            came.extend(written(&outbox, most));
        }
        assert_eq!(came, whole);
        assert!(poll(&outbox).is_pending() && outbox.has_room());
        assert_eq!(outbox.bytes.get(), 0);
        for _ in 0..FRAMES + 1 {
            outbox.push(one.clone());
        }
        assert_eq!(written(&outbox, usize::MAX).len(), FRAMES * one.size());
        assert_eq!(written(&outbox, usize::MAX).len(), one.size());
        let error = outbox.write(|_| Err(ErrorKind::WouldBlock.into())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }

    #[test]
    fn a_full_queue_ends_the_session_and_forgets_what_waits_but_what_is_half_written() {
        for begun in [0, 7] {
            let outbox = Outbox::new(1_000, Rc::default());
            for _ in 0..5 {
                outbox.push(frame("x", 100));
            }
            if begun > 0 {
                written(&outbox, begun);
            }
            assert_eq!(outbox.reason(), None);
            outbox.push(frame("x", 200));
            assert_eq!(outbox.reason(), Some(CloseReason::TooSlow));
            let mut rest = Vec::new();
            while poll(&outbox) == Poll::Ready(true) {
                rest.extend(written(&outbox, usize::MAX));
            }
            let half =
                frame("x", 100).bytes().get(begun..).filter(|_| begun > 0).unwrap_or_default().to_vec();
            assert_eq!(rest, [half, close(CloseReason::TooSlow)].concat());
            assert_eq!(poll(&outbox), Poll::Ready(false));
        }
    }

    #[tokio::test]
    async fn what_was_written_makes_room_and_a_farewell_comes_last() {
        let outbox = Outbox::new(300, Rc::default());
        outbox.push(frame("x", 200));
        assert!(!outbox.has_room());
        assert_eq!(written(&outbox, usize::MAX), frame("x", 200).bytes());
        assert!(outbox.room().await);
        assert!(poll(&outbox).is_pending());
        outbox.push(frame("y", 200));
        outbox.end(CloseReason::GoingAway);
        outbox.push(frame("z", 1));
        assert!(!outbox.room().await);
        assert_eq!(written(&outbox, usize::MAX), frame("y", 200).bytes());
        assert_eq!(poll(&outbox), Poll::Ready(true));
        assert_eq!(written(&outbox, usize::MAX), close(CloseReason::GoingAway));
        assert_eq!(poll(&outbox), Poll::Ready(false));
        outbox.said().await;
    }

    #[tokio::test]
    async fn a_frame_larger_than_the_queue_goes_alone_and_nobody_waits_for_room_when_the_server_stops() {
        let outbox = Outbox::new(1_000, Rc::default());
        outbox.push(frame("x", 5_000));
        assert_eq!(outbox.reason(), None);
        outbox.leave(0);
        assert_eq!(outbox.reason(), Some(CloseReason::TooSlow), "a second one waits for room");
        let outbox = Outbox::new(1_000, Rc::default());
        outbox.push(frame("x", 800));
        outbox.leave(0);
        assert!(!outbox.room().await && outbox.reason().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_not_waited_for() {
        let outbox = Outbox::new(1_000, Rc::default());
        outbox.push(frame("x", 100));
        outbox.end(CloseReason::GoingAway);
        outbox.said().await;
        assert_eq!(poll(&outbox), Poll::Ready(true));
        assert_eq!(written(&outbox, usize::MAX), close(CloseReason::GoingAway), "what waited is forgotten");
        let outbox = Outbox::new(1_000, Rc::default());
        outbox.disconnected();
        outbox.said().await;
        assert_eq!((outbox.reason(), poll(&outbox)), (Some(CloseReason::Silent), Poll::Ready(false)));
    }
}
