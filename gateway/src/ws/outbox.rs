//! What waits to be written to one socket: bounded in bytes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use bytestring::ByteString;
use tokio::sync::Notify;

use super::Ending;
use super::told::{self, Reconnect, Told};

/// What a waiting frame costs beside its bytes.
const OVERHEAD: usize = 64;

/// The queue of one session. Filled by its worker, emptied by its writer; both live on one thread.
#[derive(Debug)]
pub struct Outbox {
    frames: RefCell<VecDeque<ByteString>>,
    bytes: Cell<usize>,
    limit: usize,
    ending: Cell<Option<Ending>>,
    leaving: Cell<bool>,
    /// For the writer: there is something to do.
    work: Notify,
    /// For everybody else who waits: there is more room, or an end.
    news: Notify,
}

/// What the writer does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Write these.
    Frames(VecDeque<ByteString>),
    /// Close.
    End(Ending),
}

impl Outbox {
    /// An empty queue for at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            frames: RefCell::default(),
            bytes: Cell::new(0),
            limit,
            ending: Cell::new(None),
            leaving: Cell::new(false),
            work: Notify::new(),
            news: Notify::new(),
        }
    }

    /// Queues a frame. A queue that is full ends the session: its client reads too slowly, and resumes by `rev`. A frame
    /// that is larger than the whole queue goes when nothing else waits.
    pub fn push(&self, frame: ByteString) {
        if self.ending.get().is_some() {
            return;
        }
        if !self.fits(frame.len()) {
            return self.end(Ending::TooSlow);
        }
        let bytes = self.bytes.get() + frame.len() + OVERHEAD;
        self.bytes.set(bytes);
        self.frames.borrow_mut().push_back(frame);
        self.work.notify_one();
    }

    /// Queues an event of the gateway's own.
    pub(crate) fn tell(&self, data: &impl Told) {
        if let Some(text) = told::text(data) {
            self.push(text);
        }
    }

    /// Queues an event of the gateway's own as soon as there is room for it. `false` when the session ends, or is to,
    /// before that.
    pub(crate) async fn tell_in_time(&self, data: &impl Told) -> bool {
        let Some(text) = told::text(data) else { return true };
        self.until(|outbox| (outbox.has_room() && outbox.fits(text.len())) || outbox.is_over()).await;
        let room = self.has_room() && self.fits(text.len());
        if room {
            self.push(text);
        }
        room && self.ending.get().is_none()
    }

    fn fits(&self, frame: usize) -> bool {
        self.bytes.get() == 0 || self.bytes.get() + frame + OVERHEAD <= self.limit
    }

    /// Ends the session; the first reason counts.
    pub fn end(&self, ending: Ending) {
        if self.ending.get().is_none() {
            self.ending.set(Some(ending));
            if !ending.flushes() {
                self.frames.borrow_mut().clear();
            }
            self.work.notify_one();
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
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.ending.get()
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
        self.has_room() && self.ending.get().is_none()
    }

    fn is_over(&self) -> bool {
        self.ending.get().is_some() || self.leaving.get()
    }

    /// Waits until the session ends, for whatever reason, or is to.
    pub(crate) async fn over(&self) {
        self.until(Self::is_over).await;
    }

    /// Waits until the session ends.
    pub(crate) async fn ended(&self) {
        self.until(|outbox| outbox.ending.get().is_some()).await;
    }

    async fn until(&self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            // All on one thread: nothing changes between the look and the wait.
            self.news.notified().await;
        }
    }

    /// What the writer does next: waits until there is something.
    pub(crate) async fn next(&self) -> Next {
        loop {
            let frames = std::mem::take(&mut *self.frames.borrow_mut());
            if !frames.is_empty() {
                return Next::Frames(frames);
            }
            if let Some(ending) = self.ending.get() {
                return Next::End(ending);
            }
            self.work.notified().await;
        }
    }

    /// A frame has been handed to the socket.
    pub(crate) fn written(&self, frame: &ByteString) {
        self.bytes.set(self.bytes.get().saturating_sub(frame.len() + OVERHEAD));
        if self.has_room() {
            self.news.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_ends_the_session_and_forgets_what_waits() {
        let outbox = Outbox::new(1_000);
        for _ in 0..5 {
            outbox.push("x".repeat(100).into());
        }
        assert_eq!(outbox.ending(), None);
        outbox.push("x".repeat(200).into());
        assert_eq!(outbox.ending(), Some(Ending::TooSlow));
        assert!(matches!(outbox.next().await, Next::End(Ending::TooSlow)));
    }

    #[tokio::test]
    async fn what_was_written_makes_room_and_a_farewell_comes_last() {
        let outbox = Outbox::new(300);
        outbox.push("x".repeat(200).into());
        assert!(!outbox.has_room());
        let Next::Frames(frames) = outbox.next().await else { panic!("no frames") };
        outbox.written(&frames[0]);
        assert!(outbox.room().await);
        outbox.push("y".repeat(200).into());
        outbox.end(Ending::GoingAway);
        outbox.push("z".into());
        assert!(!outbox.room().await);
        assert!(matches!(outbox.next().await, Next::Frames(frames) if frames.len() == 1));
        assert!(matches!(outbox.next().await, Next::End(Ending::GoingAway)));
    }

    #[tokio::test]
    async fn a_frame_larger_than_the_queue_goes_alone_and_nobody_waits_for_room_when_the_server_stops() {
        let outbox = Outbox::new(1_000);
        outbox.push("x".repeat(5_000).into());
        assert_eq!(outbox.ending(), None);
        outbox.leave(0);
        assert_eq!(outbox.ending(), Some(Ending::TooSlow), "a second one waits for room");
        let outbox = Outbox::new(1_000);
        outbox.push("x".repeat(800).into());
        outbox.leave(0);
        assert!(!outbox.room().await && outbox.ending().is_none());
    }
}
