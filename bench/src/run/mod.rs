//! The measurements.

mod calls;
mod fan;
mod fanout;
mod history;
mod idle;
mod login;
mod media;
mod search;
mod send;
mod senders;
mod stored;
mod token;

use std::time::{Duration, Instant};

use crate::fail::{Failure, Outcome};
use crate::net::{Dialect, Ear, Event, Heard, Mouth, Wires};
pub(crate) use fanout::{Fanout, fanout};
pub(crate) use history::{History, history};
pub(crate) use idle::{Idle, idle};
pub(crate) use login::{Login, login};
pub(crate) use media::{Media, media};
pub(crate) use search::{Search, search};
pub(crate) use send::{Send, send};
pub(crate) use token::{Token, token};

/// How long everybody who came may take to be told of everybody else: presence of many is told every five seconds.
const SETTLE: Duration = Duration::from_secs(8);
/// What comes before a measured part: connections of the database open, memory and code in place.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long what is on its way may take in the end.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait for something to happen before looking at the clock again.
const GLANCE: Duration = Duration::from_millis(20);
/// The longest part that may be measured, seconds: nothing here runs on by itself.
const LONGEST: u64 = 600;

/// The ear of sockets that only show that they live.
struct Nobody(Dialect);

impl Ear for Nobody {
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome {
        match what {
            Heard::Text(text) if self.0.understand(text) == Event::Beat => mouth.say(wire, self.0.beat()),
            Heard::Closed(words) => return Err(closed(&words)),
            _ => {}
        }
        Ok(())
    }
}

fn closed(words: &str) -> Failure {
    Failure::new(format!("the server closed a connection while it was measured: {words}"))
}

/// Lets things happen until `end`.
fn until(end: Instant, wires: &mut Wires, ear: &mut impl Ear) -> Outcome {
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        wires.turn(left.min(GLANCE), ear)?;
    }
    Ok(())
}
