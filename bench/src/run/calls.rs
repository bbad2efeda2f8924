//! Clients that each make one call again and again, as soon as the answer is there.

use std::time::{Duration, Instant};

use super::{WARM_UP, closed, until};
use crate::fail::Outcome;
use crate::meter::number::{float, per};
use crate::meter::{Histogram, Meter, Usage};
use crate::net::{Ear, Heard, Mouth, Wires};
use crate::stage::Target;

/// What came of it.
pub(super) struct Calls {
    pub(super) count: u64,
    pub(super) took: Histogram,
    /// Answers with another status than the expected one.
    pub(super) wrong: u64,
    pub(super) usage: Usage,
}

impl Calls {
    /// Calls answered in a second.
    pub(super) fn rate(&self) -> f64 {
        per(float(self.count), self.usage.seconds)
    }
}

/// Makes `clients` send for `seconds`, and expects `status`. The `n`th begins with `requests[n]` and goes on with every
/// `clients`th, around and around: with as many requests as clients each says the same all the time.
pub(super) fn calls(
    target: &Target,
    clients: usize,
    requests: Vec<String>,
    status: u16,
    seconds: u64,
) -> Outcome<Calls> {
    let mut wires = Wires::new()?;
    for number in 0..clients {
        wires.open([127, 0, 0, 1].into(), target.door(number), None)?;
    }
    let callers = (0..clients).map(|next| Caller { next, asked_at: Instant::now() }).collect();
    let mut callers = Callers { requests, status, callers, count: 0, took: Histogram::default(), wrong: 0 };
    until(Instant::now() + WARM_UP, &mut wires, &mut callers)?;
    (callers.count, callers.took) = (0, Histogram::default());
    let meter = Meter::start(&target.servers);
    until(Instant::now() + Duration::from_secs(seconds), &mut wires, &mut callers)?;
    let usage = meter.stop();
    Ok(Calls { count: callers.count, took: callers.took, wrong: callers.wrong, usage })
}

struct Caller {
    /// Which request comes next.
    next: usize,
    asked_at: Instant,
}

struct Callers {
    requests: Vec<String>,
    status: u16,
    callers: Vec<Caller>,
    count: u64,
    took: Histogram,
    wrong: u64,
}

impl Ear for Callers {
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome {
        let clients = self.callers.len();
        let Some(caller) = self.callers.get_mut(wire) else { return Ok(()) };
        match what {
            Heard::Opened | Heard::Text(_) => {}
            Heard::Closed(words) => return Err(closed(&words)),
            Heard::Answer(answer) => {
                self.took.add(mouth.now().duration_since(caller.asked_at));
                self.count += 1;
                self.wrong += u64::from(answer.status != self.status);
            }
        }
        let Some(request) = self.requests.get(caller.next % self.requests.len().max(1)) else {
            return Ok(());
        };
        caller.next += clients;
        caller.asked_at = mouth.now();
        mouth.say(wire, request.clone());
        Ok(())
    }
}
