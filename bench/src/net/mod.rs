//! Many connections from one thread, at little cost: one epoll, one buffer to read into, frames looked at in place.

pub(crate) mod answer;
mod crowd;
mod dialect;
mod frame;
pub(crate) mod scan;
mod wire;

use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;

use crate::fail::{Context as _, Failure, Outcome};
use answer::Answer;
pub(crate) use crowd::{Seat, gather};
pub(crate) use dialect::{Dialect, Event, content};
use wire::Wire;

/// Bytes read at once: many frames that a server has joined.
const BUFFER: usize = 256 * 1024;
/// Events taken at once.
const EVENTS: usize = 1_024;

/// What happens on a connection.
#[derive(Debug)]
pub(crate) enum Heard<'a> {
    /// It is open.
    Opened,
    /// A text came.
    Text(&'a [u8]),
    /// An answer came.
    Answer(Answer<'a>),
    /// It was closed by the server, in these words. Nothing more comes.
    Closed(String),
}

/// Who is told what happens.
pub(crate) trait Ear {
    /// Something happened on a connection; what is to be sent in return goes into `mouth`.
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome;
}

/// What is to be sent.
#[derive(Debug)]
pub(crate) struct Mouth {
    said: Vec<(usize, Vec<u8>)>,
    now: Instant,
}

impl Default for Mouth {
    fn default() -> Self {
        Self { said: Vec::new(), now: Instant::now() }
    }
}

impl Mouth {
    /// Sends this: as a text, or as a request where HTTP is spoken.
    pub(crate) fn say(&mut self, wire: usize, text: impl Into<Vec<u8>>) {
        self.said.push((wire, text.into()));
    }

    /// When what is told was about to be read: the clock is asked once for all that a connection brings.
    pub(crate) fn now(&self) -> Instant {
        self.now
    }
}

/// What came in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    /// Calls of read(2) that brought something.
    pub(crate) reads: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

/// The connections, numbered from 0 as they are opened.
pub(crate) struct Wires {
    epoll: OwnedFd,
    wires: Vec<Wire>,
    buffer: Vec<u8>,
    events: Vec<epoll::Event>,
    mouth: Mouth,
    traffic: Traffic,
}

impl Wires {
    /// None yet.
    pub(crate) fn new() -> Outcome<Self> {
        let epoll =
            epoll::create(epoll::CreateFlags::CLOEXEC).context(|| "could not make an epoll".to_owned())?;
        Ok(Self {
            epoll,
            wires: Vec::new(),
            buffer: vec![0; BUFFER],
            events: Vec::with_capacity(EVENTS),
            mouth: Mouth::default(),
            traffic: Traffic::default(),
        })
    }

    /// Opens one more, from one of this machine's addresses. With an upgrade it becomes a WebSocket.
    pub(crate) fn open(
        &mut self,
        from: Ipv4Addr,
        to: SocketAddrV4,
        upgrade: Option<Vec<u8>>,
    ) -> Outcome<usize> {
        let number = self.wires.len();
        let wire = Wire::connect(from, to, upgrade).context(|| format!("could not connect to {to}"))?;
        let data = epoll::EventData::new_u64(u64::try_from(number).unwrap_or(u64::MAX));
        let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
        epoll::add(&self.epoll, &wire.socket, data, flags)
            .context(|| "could not watch a socket".to_owned())?;
        self.wires.push(wire);
        Ok(number)
    }

    /// How many have been opened.
    pub(crate) fn len(&self) -> usize {
        self.wires.len()
    }

    /// What came in so far.
    pub(crate) fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Sends this.
    pub(crate) fn say(&mut self, wire: usize, text: &[u8]) -> Outcome {
        match self.wires.get_mut(wire) {
            Some(wire) => wire.say(text),
            None => Err(Failure::new(format!("there is no connection {wire}"))),
        }
    }

    /// Waits until something happens, at most for `wait`, and tells it.
    pub(crate) fn turn(&mut self, wait: Duration, ear: &mut impl Ear) -> Outcome {
        let wait = Timespec::try_from(wait).context(|| "could not wait".to_owned())?;
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&wait)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).context(|| "could not wait".to_owned()),
        }
        let mut events = std::mem::take(&mut self.events);
        for event in events.drain(..) {
            self.attend(usize::try_from(event.data.u64()).unwrap_or(usize::MAX), ear)?;
        }
        self.events = events;
        Ok(())
    }

    fn attend(&mut self, number: usize, ear: &mut impl Ear) -> Outcome {
        let Self { wires, buffer, mouth, traffic, .. } = self;
        let Some(wire) = wires.get_mut(number) else { return Ok(()) };
        mouth.now = Instant::now();
        wire.attend(buffer, traffic, &mut |heard| ear.heard(number, heard, mouth))?;
        for (to, text) in self.mouth.said.drain(..) {
            if let Some(wire) = self.wires.get_mut(to) {
                wire.say(&text)?;
            }
        }
        Ok(())
    }
}
