//! Clients that send, each one message at a time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use memchr::memmem::Finder;

use super::closed;
use crate::fail::Outcome;
use crate::meter::Histogram;
use crate::meter::number::{index, whole};
use crate::net::answer::Answer;
use crate::net::scan::number_after;
use crate::net::{Dialect, Ear, Event, Heard, Mouth, content};

static SEQ: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(r#""seq":"#));

/// How they send.
#[derive(Debug)]
pub(super) enum Way {
    /// By commands over sockets.
    Socket(Dialect),
    /// By HTTP, Guildhall's; the tokens of the senders.
    Http(Vec<Arc<str>>),
}

impl Way {
    /// A message of a sender, under this number.
    fn send(&self, sender: usize, channel: &str, content: &str, number: u64, nonce: bool) -> String {
        let tokens = match self {
            Self::Socket(dialect) => return dialect.send(channel, content, number, nonce),
            Self::Http(tokens) => tokens,
        };
        let token = tokens.get(sender).map_or("", |token| token);
        let nonce = if nonce { format!(r#","nonce":"{number}""#) } else { String::new() };
        let body = format!(r#"{{"content":"{content}"{nonce}}}"#);
        format!(
            "POST /api/channels/{channel}/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

/// What messages are like.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// Whom each of them names.
    pub(super) mention: Option<String>,
    /// How many characters they have.
    pub(super) length: usize,
    /// Whether each has a nonce.
    pub(super) nonce: bool,
}

/// One client.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) channel: Arc<str>,
    /// What it sent and has no answer to.
    waits: Option<(u64, Instant)>,
    /// When the messages were due that it could not send yet.
    due: VecDeque<Instant>,
}

/// A message that the server said it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Acked {
    /// Whose it is.
    pub(super) sender: usize,
    /// Its place, as the server told it.
    pub(super) seq: Option<u64>,
}

/// All of them. Sender n speaks on connection n.
pub(super) struct Senders {
    way: Way,
    /// Connections that are open.
    pub(super) open: usize,
    senders: Vec<Sender>,
    texts: Texts,
    /// The number of the next message: unique in a run.
    pub(super) next: u64,
    /// Whether a sender sends the next message as soon as it has the answer to the last.
    eager: bool,
    pub(super) acked: HashMap<u64, Acked>,
    pub(super) done: u64,
    pub(super) took: Histogram,
    pub(super) refused: u64,
}

impl Senders {
    pub(super) fn new(way: Way, channels: Vec<Arc<str>>, texts: Texts, next: u64) -> Self {
        let sender = |channel| Sender { channel, waits: None, due: VecDeque::new() };
        Self {
            way,
            open: 0,
            senders: channels.into_iter().map(sender).collect(),
            texts,
            next,
            eager: false,
            acked: HashMap::new(),
            done: 0,
            took: Histogram::default(),
            refused: 0,
        }
    }

    /// Every sender sends from now on as fast as it gets answers.
    pub(super) fn be_eager(&mut self) -> Vec<(usize, String)> {
        self.eager = true;
        let now = Instant::now();
        (0..self.senders.len()).filter_map(|sender| Some((sender, self.send(sender, now)?))).collect()
    }

    /// Nobody begins anything any more.
    pub(super) fn stop(&mut self) {
        self.eager = false;
        self.senders.iter_mut().for_each(|sender| sender.due.clear());
    }

    /// The message that is due at this moment: what is to be sent, unless its sender still waits.
    pub(super) fn due(&mut self, turn: u64, at: Instant) -> Option<(usize, String)> {
        let sender = index(turn % whole(self.senders.len()).max(1));
        let slot = self.senders.get_mut(sender)?;
        if slot.waits.is_some() {
            slot.due.push_back(at);
            return None;
        }
        Some((sender, self.send(sender, at)?))
    }

    /// Whether anybody waits for an answer.
    pub(super) fn wait(&self) -> bool {
        self.senders.iter().any(|sender| sender.waits.is_some())
    }

    /// Forgets figures, keeps what was acknowledged.
    pub(super) fn begin(&mut self) {
        (self.done, self.took) = (0, Histogram::default());
    }

    fn send(&mut self, sender: usize, due: Instant) -> Option<String> {
        let number = self.next;
        let slot = self.senders.get_mut(sender)?;
        slot.waits = Some((number, due));
        self.next += 1;
        let Texts { mention, length, nonce } = &self.texts;
        let content = content(number, mention.as_deref(), *length);
        Some(self.way.send(sender, &slot.channel, &content, number, *nonce))
    }

    /// What the answer to a call means.
    fn posted(&self, wire: usize, answer: Answer<'_>) -> Event {
        let waits = self.senders.get(wire).and_then(|slot| slot.waits).map_or(0, |(number, _)| number);
        if answer.status == 201 {
            Event::Done(waits, number_after(answer.body, &SEQ))
        } else {
            Event::Refused(Some(waits))
        }
    }

    /// The answer to what the sender waits for came; what it sends next.
    fn answered(&mut self, wire: usize, number: u64, seq: Option<u64>, now: Instant) -> Option<String> {
        let slot = self.senders.get_mut(wire)?;
        let (_, since) = slot.waits.take_if(|(waits, _)| *waits == number)?;
        self.took.add(now.saturating_duration_since(since));
        self.acked.insert(number, Acked { sender: wire, seq });
        self.done += 1;
        let due = slot.due.pop_front().or_else(|| self.eager.then_some(now))?;
        self.send(wire, due)
    }
}

impl Ear for Senders {
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome {
        let event = match (what, &self.way) {
            (Heard::Text(text), Way::Socket(dialect)) => dialect.understand(text),
            (Heard::Answer(answer), Way::Http(_)) => self.posted(wire, answer),
            (Heard::Closed(words), _) => return Err(closed(&words)),
            (Heard::Opened, _) => {
                self.open += 1;
                return Ok(());
            }
            _ => return Ok(()),
        };
        match (event, &self.way) {
            (Event::Done(number, seq), _) => {
                if let Some(next) = self.answered(wire, number, seq, mouth.now()) {
                    mouth.say(wire, next);
                }
            }
            (Event::Refused(_), _) => {
                self.refused += 1;
                // It may have been written all the same; it was not acknowledged.
                if let Some(slot) = self.senders.get_mut(wire) {
                    slot.waits = None;
                }
                if self.eager
                    && let Some(next) = self.send(wire, mouth.now())
                {
                    mouth.say(wire, next);
                }
            }
            (Event::Beat, Way::Socket(dialect)) => mouth.say(wire, dialect.beat()),
            _ => {}
        }
        Ok(())
    }
}
