//! The part of the hub that lives on one worker thread: its sessions, and which of them listen to what. No locks: an
//! event crosses to the worker once, and is handed out here.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use guilds::event::ServerDeleted;
use indexmap::IndexMap;
use kernel::{Rev, ScopeId, Seq, Topic, UserId};
use messaging::Head;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::subscriber::{AlreadyTold, Reader, Released, Subscriber};
use super::{Command, Delivery, Hub, SessionKey, ShardSender, Ticket};
use crate::metrics::Traffic;
use crate::ws::{ChannelJoined, ChannelLeft, Flusher, Heart, Outbox, Pulse};

/// One worker's sessions. Lives and stays on its thread.
#[derive(Clone)]
pub(crate) struct Shard {
    hub: Hub,
    sender: ShardSender,
    pub(super) state: Rc<RefCell<State>>,
    pub(super) traffic: Rc<Traffic>,
    flusher: Flusher,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) sessions: HashMap<SessionKey, Slot>,
    pub(super) topics: HashMap<Topic, IndexMap<SessionKey, Subscriber>>,
}

pub(super) struct Slot {
    user: UserId,
    pub(super) outbox: Rc<Outbox>,
    pulse: Rc<Pulse>,
    pub(super) topics: HashMap<Topic, (Option<ScopeId>, Ticket)>,
    /// What its socket was sent of timelines that were taken from it: some of it may be on its way when it asks for them again.
    taken: HashMap<Topic, AlreadyTold>,
    /// What the hub let it hear before it was ready; `None` once it is.
    early: Option<Vec<Opened>>,
}

/// A topic that the hub let a session hear, and where it stands.
struct Opened {
    topic: Topic,
    scope: Option<ScopeId>,
    ticket: Ticket,
    head: Option<Head>,
}

/// A subscription that waits to be released.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingSubscription {
    pub(crate) ticket: Ticket,
    /// Whether it heard the topic already.
    pub(crate) again: bool,
    /// What it was sent of it, also before it was taken from it.
    pub(crate) told: AlreadyTold,
}

impl Shard {
    /// The shard of the present worker.
    pub(crate) fn start(hub: &Hub, id: usize, heart: Heart) -> Self {
        let (queue, mut commands) = mpsc::unbounded_channel();
        let sender = ShardSender { id, queue, load: Arc::default() };
        let (hub, state, traffic) = (hub.clone(), Rc::default(), Rc::default());
        let shard = Self { hub, sender: sender.clone(), state, traffic, flusher: Flusher::start() };
        let handler = shard.clone();
        actix_web::rt::spawn(async move {
            while let Some(command) = commands.recv().await {
                handler.handle(command);
            }
        });
        let patient = shard.clone();
        actix_web::rt::spawn(async move {
            let mut looks = interval(heart.look());
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                patient.look(heart);
            }
        });
        shard
    }

    /// Whether the sessions live.
    fn look(&self, heart: Heart) {
        let (now, time) = (Instant::now(), self.hub.0.env.now());
        for slot in self.state.borrow().sessions.values() {
            slot.pulse.look(&slot.outbox, heart, now, time);
        }
    }

    pub(crate) fn sender(&self) -> &ShardSender {
        &self.sender
    }

    /// What goes through the worker's sockets.
    pub(crate) fn traffic(&self) -> &Rc<Traffic> {
        &self.traffic
    }

    /// What writes to the worker's sockets.
    pub(crate) fn flusher(&self) -> &Flusher {
        &self.flusher
    }

    fn handle(&self, command: Command) {
        match command {
            Command::Deliver(delivery) => {
                self.sender.load.bytes.fetch_sub(delivery.size(), Ordering::Relaxed);
                self.deliver(&delivery, &HashSet::new());
            }
            Command::DeliverBut(but, delivery) => {
                self.sender.load.bytes.fetch_sub(delivery.size(), Ordering::Relaxed);
                self.deliver(&delivery, &but);
            }
            Command::Tell(key, delivery) => {
                self.sender.load.bytes.fetch_sub(delivery.size(), Ordering::Relaxed);
                self.tell(key, &delivery);
            }
            Command::Drop(key, topic, ticket) => self.lose(key, topic, ticket),
            Command::Hold(key, topic, scope, ticket, from) => self.admit(key, topic, scope, ticket, from),
            Command::Release(key, topic, scope, ticket, head) => {
                self.begin(key, Opened { topic, scope, ticket, head });
            }
            Command::Close(key, ending) => {
                if let Some(slot) = self.state.borrow().sessions.get(&key) {
                    slot.outbox.end(ending);
                }
            }
            Command::CloseAll(ending) => {
                for slot in self.state.borrow().sessions.values() {
                    slot.outbox.end(ending);
                }
                self.sender.load.over.store(false, Ordering::Release);
            }
            Command::Measure(reply) => {
                let _ = reply.send(self.measure());
            }
            Command::Shutdown => {
                for slot in self.state.borrow().sessions.values() {
                    slot.outbox.leave(self.hub.comeback());
                }
            }
        }
    }

    fn deliver(&self, delivery: &Delivery, but: &HashSet<SessionKey>) {
        let mut state = self.state.borrow_mut();
        let Some(subscribers) = state.topics.get_mut(&delivery.topic) else { return };
        for (_, subscriber) in subscribers.iter_mut().filter(|(key, _)| !but.contains(*key)) {
            subscriber.hear(delivery);
        }
    }

    fn tell(&self, key: SessionKey, delivery: &Delivery) {
        let mut state = self.state.borrow_mut();
        let subscribers = state.topics.get_mut(&delivery.topic);
        if let Some(subscriber) = subscribers.and_then(|subscribers| subscribers.get_mut(&key)) {
            subscriber.hear(delivery);
        }
    }

    /// A session of `user` begins.
    pub(crate) fn enter(&self, key: SessionKey, user: UserId, outbox: Rc<Outbox>, pulse: Rc<Pulse>) {
        // Too late to be told with the others.
        if self.hub.is_stopping() {
            outbox.leave(self.hub.comeback());
        }
        self.state.borrow_mut().sessions.insert(
            key,
            Slot {
                user,
                outbox,
                pulse,
                topics: HashMap::new(),
                taken: HashMap::new(),
                early: Some(Vec::new()),
            },
        );
    }

    /// A session has been told where it stands: it hears what the hub let it hear meanwhile.
    pub(crate) fn ready(&self, key: SessionKey) {
        let early = self.state.borrow_mut().sessions.get_mut(&key).and_then(|slot| slot.early.take());
        for opened in early.into_iter().flatten() {
            self.begin(key, opened);
        }
    }

    /// A session ends. Returns what it listened to.
    pub(crate) fn exit(&self, key: SessionKey) -> Vec<(Topic, Option<ScopeId>)> {
        let mut state = self.state.borrow_mut();
        let Some(slot) = state.sessions.remove(&key) else { return Vec::new() };
        for topic in slot.topics.keys() {
            state.remove(*topic, key);
        }
        slot.topics.into_iter().map(|(topic, (scope, _))| (topic, scope)).collect()
    }

    /// From now on what comes on the topic is kept for the session, until [`Self::release`]: of a timeline, what is of the
    /// messages from this one on.
    pub(crate) fn hold(
        &self,
        key: SessionKey,
        topic: Topic,
        scope: Option<ScopeId>,
        from: Seq,
    ) -> PendingSubscription {
        let ticket = self.hub.ticket();
        let (again, told) = self.state.borrow_mut().hold(&self.hub, key, topic, scope, ticket, from);
        PendingSubscription { ticket, again, told }
    }

    /// The session has everything up to `floor`, of which its socket was sent what is beyond `since` just now: gives it what
    /// was kept beyond, as far as its queue has room.
    pub(crate) fn release(&self, key: SessionKey, topic: Topic, floor: Rev, since: Option<Rev>) -> Released {
        let mut state = self.state.borrow_mut();
        let subscriber = state.topics.get_mut(&topic).and_then(|subscribers| subscribers.get_mut(&key));
        subscriber.map_or(Released::Lost, |subscriber| subscriber.release(floor, since))
    }

    /// The session does not want the topic any more, here and in the hub. When it wants it again, it is told all that it asks for.
    pub(crate) fn leave(&self, key: SessionKey, topic: Topic) {
        self.give_up(key, topic);
        if let Some(slot) = self.state.borrow_mut().sessions.get_mut(&key) {
            slot.taken.remove(&topic);
        }
    }

    /// The session cannot hear the topic, here and in the hub. When it asks again, what its socket was sent does not come twice.
    pub(crate) fn give_up(&self, key: SessionKey, topic: Topic) {
        let mut state = self.state.borrow_mut();
        let Some((scope, _)) = state.sessions.get_mut(&key).and_then(|slot| slot.topics.remove(&topic))
        else {
            return;
        };
        state.take(topic, key);
        drop(state);
        self.hub.forget(key, self.sender.id, &[(topic, scope)]);
    }

    /// How many timelines the session listens to.
    pub(crate) fn timelines(&self, key: SessionKey) -> usize {
        let state = self.state.borrow();
        let slot = state.sessions.get(&key);
        slot.map_or(0, |slot| slot.topics.keys().filter(|topic| matches!(topic, Topic::Timeline(_))).count())
    }

    /// The hub took the topic from the session; unless the session has asked for it again since.
    fn lose(&self, key: SessionKey, topic: Topic, ticket: Ticket) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let Some(slot) = state.sessions.get_mut(&key) else { return };
        if slot.topics.get(&topic).is_none_or(|(_, present)| *present != ticket) {
            return;
        }
        slot.topics.remove(&topic);
        let subscriber = state.topics.get(&topic).and_then(|subscribers| subscribers.get(&key));
        // Who was still catching up learns it where it asked.
        if subscriber.is_some_and(|subscriber| subscriber.held.is_none()) {
            tell_lost(&slot.outbox, topic);
        }
        state.take(topic, key);
    }

    /// The hub is about to let the session hear one more topic; unless the session has asked for it itself.
    fn admit(&self, key: SessionKey, topic: Topic, scope: Option<ScopeId>, ticket: Ticket, from: Seq) {
        let mut state = self.state.borrow_mut();
        let Some(slot) = state.sessions.get(&key) else {
            drop(state);
            // It ended meanwhile.
            return self.hub.forget(key, self.sender.id, &[(topic, scope)]);
        };
        if !slot.topics.contains_key(&topic) {
            state.hold(&self.hub, key, topic, scope, ticket, from);
        }
    }

    /// The topic that the hub let the session hear is open: it hears it live, unless it gave it up meanwhile.
    fn begin(&self, key: SessionKey, opened: Opened) {
        let Opened { topic, scope, ticket, head } = opened;
        let mut state = self.state.borrow_mut();
        let present = state.sessions.get_mut(&key).and_then(|slot| Some((slot.topics.get(&topic)?.1, slot)));
        let Some((present, slot)) = present else {
            drop(state);
            // Given up before the hub knew that the session hears it.
            return self.hub.take_back(key, self.sender.id, topic, ticket, scope);
        };
        if present != ticket {
            return;
        }
        if let Some(early) = &mut slot.early {
            return early.push(opened);
        }
        if !self.hub.confirms(key, self.sender.id, topic, ticket) {
            slot.topics.remove(&topic);
            return state.take(topic, key);
        }
        if let (Topic::Timeline(id), Some(head)) = (topic, head) {
            slot.outbox.tell(&ChannelJoined { channel_id: id.into(), head });
        }
        let subscriber = state.topics.get_mut(&topic).and_then(|subscribers| subscribers.get_mut(&key));
        if let Some(subscriber) = subscriber {
            subscriber.begin(head.map_or(0, |head| head.rev), None);
            for delivery in subscriber.held.take().unwrap_or_default().deliveries {
                subscriber.give(&delivery);
            }
        }
    }
}

impl State {
    /// Returns whether the session heard the topic, and what it was told of it.
    fn hold(
        &mut self,
        hub: &Hub,
        key: SessionKey,
        topic: Topic,
        scope: Option<ScopeId>,
        ticket: Ticket,
        from: Seq,
    ) -> (bool, AlreadyTold) {
        let Some(slot) = self.sessions.get_mut(&key) else { return Default::default() };
        let again = slot.topics.insert(topic, (scope, ticket)).is_some();
        let told = slot.taken.remove(&topic).unwrap_or_default();
        let (user, outbox) = (slot.user, Rc::clone(&slot.outbox));
        let subscribers = self.topics.entry(topic).or_default();
        let new = || Subscriber::new(outbox, Reader::of(hub, user, topic, scope), from, told);
        let subscriber = subscribers.entry(key).or_insert_with(new);
        subscriber.hold(from);
        (again, subscriber.told())
    }

    /// As [`Self::remove`]; what the session was sent of a timeline is remembered until it asks for it again.
    fn take(&mut self, topic: Topic, key: SessionKey) {
        let subscriber = self.topics.get(&topic).and_then(|subscribers| subscribers.get(&key));
        let told = subscriber.map(Subscriber::told).filter(|told| !told.is_nothing());
        if let (Topic::Timeline(_), Some(told), Some(slot)) = (topic, told, self.sessions.get_mut(&key)) {
            slot.taken.insert(topic, told);
        }
        self.remove(topic, key);
    }

    fn remove(&mut self, topic: Topic, key: SessionKey) {
        if let Some(subscribers) = self.topics.get_mut(&topic) {
            subscribers.swap_remove(&key);
            if subscribers.is_empty() {
                self.topics.remove(&topic);
            }
        }
    }
}

/// Tells a session that it does not hear a topic any more.
pub(crate) fn tell_lost(outbox: &Outbox, topic: Topic) {
    match topic {
        Topic::Timeline(id) => outbox.tell(&ChannelLeft { channel_id: id.into() }),
        Topic::Guild(server_id) => outbox.tell(&ServerDeleted { server_id }),
        Topic::User(_) | Topic::Gateways => {}
    }
}
