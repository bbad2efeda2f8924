//! One channel and everybody who hears it: who has got what, in which order, after how long.

use std::sync::Arc;
use std::time::Instant;

use super::closed;
use crate::fail::Outcome;
use crate::meter::Histogram;
use crate::meter::number::{index, whole};
use crate::net::{Dialect, Ear, Event, Heard, Mouth, content};

/// A message on its way.
#[derive(Debug)]
struct Message {
    /// When it was to be sent.
    due: Instant,
    /// Its place in the channel's order, once somebody has heard it.
    place: Option<u64>,
    /// How many have not heard it.
    missing: usize,
}

/// What one socket has heard: a bit for each place behind the first.
#[derive(Clone, Debug, Default)]
struct Heareth {
    bits: Vec<u64>,
    /// The highest place.
    top: u64,
}

/// What must be 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// Deliveries that never came.
    pub(super) lost: u64,
    /// Deliveries of what was there already.
    pub(super) doubled: u64,
    /// Deliveries behind one of a higher place.
    pub(super) disordered: u64,
    /// Messages of which sockets were told different places.
    pub(super) disputed: u64,
    /// Messages that the server did not take.
    pub(super) refused: u64,
}

/// Everybody. Socket n is connection n; the first ones send.
pub(super) struct Fan {
    dialect: Dialect,
    channel: Arc<str>,
    sockets: usize,
    senders: usize,
    length: usize,
    /// Whether a sender sends the next message as soon as everybody has heard one of its.
    eager: bool,
    /// The place of the last message before the first of ours.
    first: u64,
    messages: Vec<Message>,
    sockets_heard: Vec<Heareth>,
    open: usize,
    pub(super) deliveries: u64,
    pub(super) took: Histogram,
    pub(super) last: Instant,
    pub(super) faults: Faults,
}

impl Heareth {
    /// Notes a place, counted from 1; `None` when it was known.
    fn note(&mut self, place: u64) -> Option<()> {
        let (word, bit) = (index(place / 64), 1 << (place % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let word = self.bits.get_mut(word)?;
        (*word & bit == 0).then(|| *word |= bit)
    }
}

impl Fan {
    /// A channel in which `first` messages were written before.
    pub(super) fn new(
        dialect: Dialect,
        channel: Arc<str>,
        sockets: usize,
        senders: usize,
        length: usize,
        first: u64,
    ) -> Self {
        Self {
            dialect,
            channel,
            sockets,
            senders: senders.clamp(1, sockets.max(1)),
            length,
            eager: false,
            first,
            messages: Vec::new(),
            sockets_heard: vec![Heareth::default(); sockets],
            open: 0,
            deliveries: 0,
            took: Histogram::default(),
            last: Instant::now(),
            faults: Faults::default(),
        }
    }

    /// A message more, due at `at`: who sends it, and what.
    pub(super) fn send(&mut self, at: Instant) -> (usize, String) {
        let number = self.messages.len();
        self.messages.push(Message { due: at, place: None, missing: self.sockets });
        self.open += 1;
        let text = content(whole(number), None, self.length);
        (number % self.senders, self.dialect.send(&self.channel, &text, whole(number), false))
    }

    /// From now on each message that everybody has heard is followed by another, or not any more.
    pub(super) fn be_eager(&mut self, eager: bool) {
        self.eager = eager;
    }

    /// How many messages somebody has not heard.
    pub(super) fn open(&self) -> usize {
        self.open
    }

    /// How many messages were sent.
    pub(super) fn sent(&self) -> u64 {
        whole(self.messages.len())
    }

    /// Forgets figures, keeps what was heard.
    pub(super) fn begin(&mut self) {
        (self.deliveries, self.took) = (0, Histogram::default());
    }

    /// What never came, once nothing more is waited for.
    pub(super) fn count_lost(&mut self) {
        self.faults.lost = self.messages.iter().map(|message| whole(message.missing)).sum();
    }

    fn delivered(&mut self, wire: usize, number: u64, place: u64, mouth: &mut Mouth) {
        let (Some(message), Some(heard)) =
            (self.messages.get_mut(index(number)), self.sockets_heard.get_mut(wire))
        else {
            return;
        };
        if *message.place.get_or_insert(place) != place {
            self.faults.disputed += 1;
        }
        if heard.note(place.saturating_sub(self.first)).is_none() {
            self.faults.doubled += 1;
            return;
        }
        if place < heard.top {
            self.faults.disordered += 1;
        }
        heard.top = heard.top.max(place);
        let now = mouth.now();
        self.took.add(now.saturating_duration_since(message.due));
        (self.deliveries, self.last) = (self.deliveries + 1, now);
        message.missing = message.missing.saturating_sub(1);
        if message.missing == 0 {
            self.open = self.open.saturating_sub(1);
            if self.eager {
                let (sender, text) = self.send(now);
                mouth.say(sender, text);
            }
        }
    }
}

impl Ear for Fan {
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome {
        let text = match what {
            Heard::Text(text) => text,
            Heard::Closed(words) => return Err(closed(&words)),
            Heard::Opened | Heard::Answer(_) => return Ok(()),
        };
        match self.dialect.understand(text) {
            Event::Message { number, place } => self.delivered(wire, number, place, mouth),
            Event::Refused(_) => self.faults.refused += 1,
            Event::Beat => mouth.say(wire, self.dialect.beat()),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_counted_by_place() {
        let mut fan = Fan::new(Dialect::Guildhall, "c".into(), 2, 1, 64, 10);
        let mut mouth = Mouth::default();
        let numbers: Vec<_> = (0..3).map(|_| fan.send(Instant::now()).0).collect();
        assert_eq!((numbers, fan.sent(), fan.open()), (vec![0, 0, 0], 3, 3));
        // Wire, message, place.
        for (wire, number, place) in [(0, 0, 11), (0, 1, 12), (0, 2, 13), (1, 0, 11), (1, 2, 13), (1, 2, 13)]
        {
            fan.delivered(wire, number, place, &mut mouth);
        }
        assert_eq!(fan.faults, Faults { doubled: 1, ..Faults::default() });
        fan.count_lost();
        assert_eq!((fan.faults.lost, fan.open(), fan.deliveries), (1, 1, 5));
        fan.delivered(1, 1, 12, &mut mouth);
        fan.count_lost();
        assert_eq!(fan.faults, Faults { doubled: 1, disordered: 1, ..Faults::default() });
        fan.delivered(0, 1, 14, &mut mouth);
        assert_eq!(fan.faults.disputed, 1);
    }
}
