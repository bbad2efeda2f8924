//! Bringing many sockets to the point where something can be measured.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Dialect, Ear, Event, Heard, Mouth, Wires};
use crate::fail::{Failure, Outcome};

/// Sockets on their way at once.
const AT_ONCE: usize = 128;
/// Connections from one address: the system has about 28,000 ports for them.
const PER_ADDRESS: usize = 20_000;
/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// One socket to be.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    /// The server.
    pub(crate) address: SocketAddrV4,
    /// Whose.
    pub(crate) token: Arc<str>,
    /// The channel that it is to hear.
    pub(crate) channel: Option<Arc<str>>,
}

/// Opens a socket for each seat, authenticates, and joins the seat's channel. Sockets are numbered like seats, behind
/// those that were open already.
pub(crate) fn gather(wires: &mut Wires, dialect: Dialect, seats: &[Seat]) -> Outcome {
    let first = wires.len();
    let mut gathering = Gathering { dialect, seats, first, there: 0 };
    let (mut opened, mut there, mut since) = (0, 0, Instant::now());
    while gathering.there < seats.len() {
        while let Some(seat) = seats.get(opened).filter(|_| opened - gathering.there < AT_ONCE) {
            wires.open(source(first + opened), seat.address, Some(dialect.upgrade(&seat.token)))?;
            opened += 1;
        }
        wires.turn(Duration::from_millis(100), &mut gathering)?;
        if gathering.there > there {
            (there, since) = (gathering.there, Instant::now());
        } else if since.elapsed() > PATIENCE {
            return Err(Failure::new(format!("only {there} of {} sockets came up", seats.len())));
        }
    }
    Ok(())
}

/// Where the connection of this number comes from.
fn source(number: usize) -> Ipv4Addr {
    let block = u8::try_from(number / PER_ADDRESS).unwrap_or(u8::MAX - 2);
    Ipv4Addr::new(127, 0, 0, block + 1)
}

struct Gathering<'a> {
    dialect: Dialect,
    seats: &'a [Seat],
    first: usize,
    there: usize,
}

impl Ear for Gathering<'_> {
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome {
        let Some(seat) = wire.checked_sub(self.first).and_then(|number| self.seats.get(number)) else {
            return Ok(());
        };
        let text = match what {
            Heard::Text(text) => text,
            Heard::Closed(words) => return Err(Failure::new(format!("a socket was closed {words}"))),
            Heard::Opened | Heard::Answer(_) => return Ok(()),
        };
        match (self.dialect.understand(text), &seat.channel) {
            (Event::Hello, _) => mouth.say(wire, self.dialect.hello(&seat.token)),
            (Event::Beat, _) => mouth.say(wire, self.dialect.beat()),
            (Event::Ready, Some(channel)) => mouth.say(wire, self.dialect.join(channel, 0)),
            (Event::Ready, None) | (Event::Done(..), _) => self.there += 1,
            (Event::Refused(_), _) => {
                let words = String::from_utf8_lossy(text).into_owned();
                return Err(Failure::new(format!("a socket was refused: {words}")));
            }
            (Event::Message { .. } | Event::Other, _) => {}
        }
        Ok(())
    }
}
