//! How the queue is emptied: by the worker's flusher with one call, and by the connection where that is not enough.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::task::{Context, Poll};

use super::super::{CloseReason, Wire, connection};
use super::{Closing, OVERHEAD, Outbox};

/// Frames that are written with one call; many to one socket cost hardly more than one.
pub(super) const FRAMES: usize = 64;
/// Bytes after which no more frames are added to a call: about what a socket's buffer takes.
const BYTES: usize = 256 << 10;
/// Frames for which a queue that is empty keeps room.
const KEPT: usize = 16;

impl Outbox {
    /// Has what waits written, once for all that comes until then. A connection that is writing looks again by itself.
    pub(super) fn wake(&self) {
        if self.due.get() || self.connection.borrow().is_none() {
            return;
        }
        let flusher =
            self.socket.as_ref().and_then(|socket| Some((&socket.flusher, socket.outbox.upgrade()?)));
        let added = flusher.is_some_and(|(flusher, outbox)| flusher.add(outbox));
        self.due.set(added);
        if !added {
            self.wake_connection();
        }
    }

    pub(super) fn wake_connection(&self) {
        if let Some(connection) = self.connection.take() {
            connection.wake();
        }
    }

    /// Writes what waits with one call, unless the connection is writing, as it does when the session ends. When anything is
    /// left, the connection goes on.
    pub(in crate::ws) fn flush(&self) {
        self.due.set(false);
        let Some(socket) = &self.socket else { return };
        if self.connection.borrow().is_none() || self.frames.borrow().is_empty() {
            return;
        }
        // The connection meets the same error.
        let _ = self.write(|frames| connection::put(&socket.stream, frames));
        if !self.frames.borrow().is_empty() {
            self.wake_connection();
        }
    }

    /// Whether something waits for the connection; `false` when all was said, and it is to end. The close frame comes last.
    pub(in crate::ws) fn poll_waiting(&self, context: &mut Context<'_>) -> Poll<bool> {
        let mut frames = self.frames.borrow_mut();
        if !frames.is_empty() {
            return Poll::Ready(true);
        }
        let Some(reason) = self.reason.get() else {
            self.connection.replace(Some(context.waker().clone()));
            return Poll::Pending;
        };
        if self.closing.get() == Closing::Open
            && let Some(close) = reason.frame()
        {
            self.closing.set(Closing::Saying);
            frames.push_back(Wire::close(close));
            return Poll::Ready(true);
        }
        if self.closing.get() != Closing::Gone {
            self.closing.set(Closing::Said);
        }
        self.news.notify_waiters();
        Poll::Ready(false)
    }

    /// Gives what waits to `write`, as much as fits into one call, which says how many bytes it took.
    ///
    /// # Errors
    /// That of `write`; it took nothing then.
    pub(in crate::ws) fn write(
        &self,
        write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<()> {
        let taken = {
            let frames = self.frames.borrow();
            let mut slices = [IoSlice::new(&[]); FRAMES];
            let (mut count, mut bytes, mut skip) = (0, 0, self.written.get());
            for (slice, frame) in slices.iter_mut().zip(frames.iter()) {
                let rest = frame.bytes().get(skip..).unwrap_or_default();
                *slice = IoSlice::new(rest);
                (count, bytes, skip) = (count + 1, bytes + rest.len(), 0);
                if bytes >= BYTES {
                    break;
                }
            }
            write(slices.get(..count).unwrap_or_default())?
        };
        if taken == 0 {
            return Err(ErrorKind::WriteZero.into());
        }
        self.taken(taken);
        Ok(())
    }

    /// So many bytes more are written.
    fn taken(&self, bytes: usize) {
        let had_room = self.has_room();
        let mut counts = self.traffic.wrote(bytes);
        let mut frames = self.frames.borrow_mut();
        let mut written = self.written.get() + bytes;
        while let Some(size) = frames.front().map(Wire::size)
            && written >= size
        {
            written -= size;
            counts.frame(frames.pop_front().and_then(|frame| frame.moment()));
            self.bytes.set(self.bytes.get().saturating_sub(size + OVERHEAD));
        }
        self.written.set(written);
        if frames.is_empty() && frames.capacity() > KEPT {
            *frames = VecDeque::new();
        }
        if !had_room && self.has_room() {
            self.news.notify_waiters();
        }
    }

    /// The connection is gone.
    pub(in crate::ws) fn disconnected(&self) {
        self.closing.set(Closing::Gone);
        self.end(CloseReason::Silent);
        self.news.notify_waiters();
    }
}
