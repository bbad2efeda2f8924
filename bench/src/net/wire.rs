//! One connection.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;

use rustix::io::{Errno, read};
use rustix::net::{
    AddressFamily, SendFlags, SocketFlags, SocketType, bind, connect, send, socket_with, sockopt,
};

use super::answer;
use super::frame::{self, Kind};
use super::{Heard, Traffic};
use crate::fail::{Context as _, Failure, Outcome};
use crate::meter::number::whole;

/// Masks need not be secret here, only different.
const SPREAD: u32 = 0x9E37_79B1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Upgrading,
    Socket,
    Http,
    Closed,
}

#[derive(Debug)]
pub(super) struct Wire {
    pub(super) socket: OwnedFd,
    state: State,
    /// Begun, not complete.
    partial: Vec<u8>,
    /// The system's buffer was full.
    unsent: Vec<u8>,
    upgrade: Option<Vec<u8>>,
    mask: u32,
}

impl Wire {
    pub(super) fn connect(from: Ipv4Addr, to: SocketAddrV4, upgrade: Option<Vec<u8>>) -> Result<Self, Errno> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        sockopt::set_tcp_nodelay(&socket, true)?;
        bind(&socket, &SocketAddrV4::new(from, 0))?;
        match connect(&socket, &to) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error),
        }
        let (partial, unsent) = (Vec::new(), Vec::new());
        Ok(Self { socket, state: State::Connecting, partial, unsent, upgrade, mask: SPREAD })
    }

    /// Reads and writes what is possible now.
    pub(super) fn attend(
        &mut self,
        buffer: &mut [u8],
        traffic: &mut Traffic,
        tell: &mut impl FnMut(Heard<'_>) -> Outcome,
    ) -> Outcome {
        if self.state == State::Connecting {
            self.connected(tell)?;
        }
        self.flush()?;
        while self.state != State::Closed {
            let room = buffer.len();
            match read(&self.socket, &mut *buffer) {
                Ok(0) => return self.close("it hung up".to_owned(), tell),
                Ok(length) => {
                    traffic.reads += 1;
                    traffic.bytes += whole(length);
                    self.digest(buffer.get(..length).unwrap_or_default(), tell)?;
                    // Less than there was room for: there is no more, and a new event when there is.
                    if length < room {
                        break;
                    }
                }
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                Err(error) => return self.close(error.to_string(), tell),
            }
        }
        self.flush()
    }

    /// Sends a text, or a request where HTTP is spoken.
    pub(super) fn say(&mut self, text: &[u8]) -> Outcome {
        match self.state {
            State::Http => self.unsent.extend_from_slice(text),
            _ => self.frame(Kind::Text, text),
        }
        self.flush()
    }

    fn frame(&mut self, kind: Kind, payload: &[u8]) {
        self.mask = self.mask.wrapping_mul(SPREAD);
        frame::encode(kind, payload, self.mask.to_be_bytes(), &mut self.unsent);
    }

    fn connected(&mut self, tell: &mut impl FnMut(Heard<'_>) -> Outcome) -> Outcome {
        let failed = sockopt::socket_error(&self.socket).and_then(|error| error);
        failed.context(|| "could not connect".to_owned())?;
        match self.upgrade.take() {
            None => {
                self.state = State::Http;
                tell(Heard::Opened)
            }
            Some(request) => {
                self.state = State::Upgrading;
                self.unsent = request;
                Ok(())
            }
        }
    }

    fn flush(&mut self) -> Outcome {
        while !self.unsent.is_empty() && !matches!(self.state, State::Connecting | State::Closed) {
            match send(&self.socket, &self.unsent, SendFlags::NOSIGNAL) {
                Ok(sent) if sent == self.unsent.len() => self.unsent.clear(),
                Ok(sent) => drop(self.unsent.drain(..sent)),
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                // What the server said before it went is still to be read.
                Err(Errno::PIPE | Errno::CONNRESET) => self.unsent.clear(),
                Err(error) => return Err(error).context(|| "could not send".to_owned()),
            }
        }
        Ok(())
    }

    /// Takes what is complete out of what came, and keeps the rest.
    fn digest(&mut self, came: &[u8], tell: &mut impl FnMut(Heard<'_>) -> Outcome) -> Outcome {
        if self.partial.is_empty() {
            let used = self.take(came, tell)?;
            self.partial.extend_from_slice(came.get(used..).unwrap_or_default());
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.partial);
        bytes.extend_from_slice(came);
        let used = self.take(&bytes, tell)?;
        bytes.drain(..used);
        self.partial = bytes;
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], tell: &mut impl FnMut(Heard<'_>) -> Outcome) -> Outcome<usize> {
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            let length = match self.state {
                State::Socket => {
                    let Some((kind, payload, length)) = frame::decode(rest) else { break };
                    self.frame_came(kind, payload, tell)?;
                    length
                }
                State::Upgrading | State::Http => {
                    let Some((answer, length)) = answer::decode(rest) else { break };
                    match (self.state, answer.status) {
                        (State::Http, _) => tell(Heard::Answer(answer))?,
                        (_, 101) => {
                            self.state = State::Socket;
                            tell(Heard::Opened)?;
                        }
                        (_, status) => {
                            let words = String::from_utf8_lossy(answer.body);
                            return Err(Failure::new(format!("no WebSocket, but status {status}: {words}")));
                        }
                    }
                    length
                }
                State::Connecting | State::Closed => return Ok(bytes.len()),
            };
            used += length;
        }
        Ok(used)
    }

    fn frame_came(
        &mut self,
        kind: Kind,
        payload: &[u8],
        tell: &mut impl FnMut(Heard<'_>) -> Outcome,
    ) -> Outcome {
        match kind {
            Kind::Text => tell(Heard::Text(payload)),
            Kind::Ping => {
                self.frame(Kind::Pong, payload);
                Ok(())
            }
            Kind::Pong => Ok(()),
            Kind::Close => {
                let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                self.close(code.map_or("without a code".to_owned(), |code| format!("with {code}")), tell)
            }
            Kind::Strange => Err(Failure::new("a frame that is neither text nor control, or a fragment")),
        }
    }

    fn close(&mut self, words: String, tell: &mut impl FnMut(Heard<'_>) -> Outcome) -> Outcome {
        self.state = State::Closed;
        tell(Heard::Closed(words))
    }
}
