//! One session's part of one topic on its worker: what it has, and what waits while it catches up.

use std::collections::VecDeque;
use std::rc::Rc;

use kernel::{Rev, ScopeId, Seq, TimelineId, Topic, UserId};

use super::{Delivery, Hub};
use crate::ws::{CloseReason, Outbox};

/// A session that listens to a topic. Small: there is one for each topic of each session.
pub(super) struct Subscriber {
    outbox: Rc<Outbox>,
    /// Whom to note for what reaches it: of conversations only.
    reader: Option<Box<Reader>>,
    /// The first message that it may ever see.
    from: Seq,
    /// Everything up to here was sent, or is covered by what was sent.
    floor: Rev,
    /// Where it began to listen: it knows every message that was created up to there.
    joined: Rev,
    /// What arrived while the session catches up.
    pub(super) held: Option<Box<Held>>,
}

/// Somebody to whom a conversation is delivered.
pub(super) struct Reader {
    hub: Hub,
    user: UserId,
    timeline: TimelineId,
}

impl Reader {
    /// The user of a session, when the topic is a conversation: it is its own scope.
    pub(super) fn of(hub: &Hub, user: UserId, topic: Topic, scope: Option<ScopeId>) -> Option<Box<Self>> {
        match (topic, scope) {
            (Topic::Timeline(timeline), Some(scope)) if timeline.uuid() == scope.uuid() => {
                Some(Box::new(Self { hub: hub.clone(), user, timeline }))
            }
            _ => None,
        }
    }
}

/// What arrived while a session catches up, in order.
#[derive(Default)]
pub(super) struct Held {
    pub(super) deliveries: VecDeque<Delivery>,
    bytes: usize,
}

/// What a session was told on a topic by the time at which it asked to hear it again: everything in between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AlreadyTold {
    joined: Rev,
    floor: Rev,
}

impl AlreadyTold {
    /// From where to tell a client that stood at `since` when it asked: what was sent to it since is on its way, and does not
    /// come twice. Who asks for what was before it listened gets all of it.
    pub(crate) fn beyond(self, since: Rev) -> Rev {
        if since < self.joined { since } else { since.max(self.floor) }
    }
}

/// How far a release came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Released {
    /// The session hears the topic live.
    All,
    /// Its queue is full for now: wait for room and release on.
    Partly,
    /// It lost the topic meanwhile.
    Lost,
}

impl Subscriber {
    /// A session that has nothing yet of a topic in which it may see messages from this one on.
    pub(super) fn new(outbox: Rc<Outbox>, reader: Option<Box<Reader>>, from: Seq) -> Self {
        Self { outbox, reader, from, floor: 0, joined: 0, held: None }
    }

    /// What comes is kept, until it is released; under a grant that shows messages from this one on.
    pub(super) fn hold(&mut self, from: Seq) {
        self.from = from;
        self.held.get_or_insert_default();
    }

    /// What it was told so far; what is kept is not told yet.
    pub(super) fn told(&self) -> AlreadyTold {
        AlreadyTold { joined: self.joined, floor: self.floor }
    }

    pub(super) fn hear(&mut self, delivery: &Delivery) {
        match &mut self.held {
            None => self.give(delivery),
            // Typing and the like is not worth waiting for.
            Some(_) if delivery.rev.is_none() && matches!(delivery.topic, Topic::Timeline(_)) => {}
            Some(held) => {
                held.bytes += delivery.size();
                if held.bytes > self.outbox.limit() {
                    return self.outbox.end(CloseReason::TooSlow);
                }
                held.deliveries.push_back(delivery.clone());
            }
        }
    }

    /// What it knows covers everything up to `floor`.
    pub(super) fn begin(&mut self, floor: Rev) {
        self.floor = self.floor.max(floor);
        self.joined = self.joined.max(floor);
        self.reached(floor);
    }

    /// Its client was told of everything up to `rev`.
    fn reached(&self, rev: Rev) {
        if let Some(Reader { hub, user, timeline }) = self.reader.as_deref().filter(|_| rev > 0)
            && self.outbox.reason().is_none()
        {
            hub.delivered(*user, *timeline, rev);
        }
    }

    pub(super) fn give(&mut self, delivery: &Delivery) {
        // A change of a message from before its time is not told, and is known by it all the same.
        let past = delivery.seq.is_some_and(|seq| seq < self.from);
        if let Some(frame) = delivery.frame(self.floor, self.joined).filter(|_| !past) {
            self.outbox.push(frame.clone());
        }
        if let Some(rev) = delivery.rev {
            self.floor = self.floor.max(rev);
            self.reached(rev);
        }
    }

    pub(super) fn release(&mut self, floor: Rev) -> Released {
        self.begin(floor);
        while self.outbox.has_room() {
            let Some(delivery) = self.held.as_mut().and_then(|held| held.deliveries.pop_front()) else {
                self.held = None;
                return Released::All;
            };
            if let Some(held) = &mut self.held {
                held.bytes = held.bytes.saturating_sub(delivery.size());
            }
            self.give(&delivery);
        }
        Released::Partly
    }
}
