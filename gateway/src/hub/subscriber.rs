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
    /// Everything between here and `floor` was sent to its socket.
    base: Rev,
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

/// What a session's socket was sent on a topic by the time at which it asks to hear it: everything in between; nothing, when it
/// never heard it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AlreadyTold {
    base: Rev,
    floor: Rev,
}

impl AlreadyTold {
    /// From where to tell a client that stood at `since` when it asked: what was sent to it since is on its way, and does not
    /// come twice. Who asks for what was before that gets all of it.
    pub(crate) fn beyond(self, since: Rev) -> Rev {
        if since < self.base { since } else { since.max(self.floor) }
    }

    pub(super) fn is_nothing(self) -> bool {
        self.floor == 0
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
    /// A session that comes to hear a topic in which it may see messages from this one on, after it was told this.
    pub(super) fn new(outbox: Rc<Outbox>, reader: Option<Box<Reader>>, from: Seq, told: AlreadyTold) -> Self {
        Self { outbox, reader, from, floor: told.floor, joined: 0, base: told.base, held: None }
    }

    /// What comes is kept, until it is released; under a grant that shows messages from this one on.
    pub(super) fn hold(&mut self, from: Seq) {
        self.from = from;
        self.held.get_or_insert_default();
    }

    /// What it was told so far; what is kept is not told yet.
    pub(super) fn told(&self) -> AlreadyTold {
        AlreadyTold { base: self.base, floor: self.floor }
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

    /// What it knows covers everything up to `floor`; from `since` on it was sent just now, or nothing was.
    pub(super) fn begin(&mut self, floor: Rev, since: Option<Rev>) {
        match since {
            Some(since) if since <= self.floor => self.base = self.base.min(since),
            Some(since) => self.base = since,
            None if floor > self.floor => self.base = floor,
            None => {}
        }
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

    pub(super) fn release(&mut self, floor: Rev, since: Option<Rev>) -> Released {
        self.begin(floor, since);
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
