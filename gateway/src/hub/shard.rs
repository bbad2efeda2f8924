//! The part of the hub that lives on one worker thread: its sessions, and which of them listen to what. No locks: an
//! event crosses to the worker once, and is handed out here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytestring::ByteString;
use indexmap::IndexMap;
use kernel::{ChannelId, Rev, ScopeId, Topic};
use tokio::sync::mpsc;

use super::parcel::Parcel;
use super::{Hub, SessionKey};
use crate::ws::{Ending, Outbox};

/// Bytes that may wait for one worker. Beyond it the worker hangs: its sessions are closed and resume elsewhere.
const BACKLOG: usize = 64 << 20;
/// Parcels that may wait for a session that is catching up.
const HELD: usize = 10_000;

/// What the hub tells a worker.
#[derive(Debug)]
pub(crate) enum Command {
    Deliver(Parcel),
    /// These sessions may no longer hear these topics.
    Drop(SessionKey, Vec<Topic>),
    /// This session hears one more topic from now on.
    Add(SessionKey, Topic, Option<ScopeId>),
    /// This session is to end.
    Close(SessionKey, Ending),
    /// All of this worker's sessions are to end.
    CloseAll(Ending),
    /// The server stops.
    Farewell,
}

/// The hub's end of the way to a worker. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ShardSender {
    pub(crate) id: usize,
    queue: mpsc::UnboundedSender<Command>,
    waiting: Arc<AtomicUsize>,
}

impl ShardSender {
    pub(crate) fn send(&self, command: Command) {
        if let Command::Deliver(parcel) = &command
            && self.waiting.fetch_add(parcel.size(), Ordering::Relaxed) > BACKLOG
        {
            self.waiting.fetch_sub(parcel.size(), Ordering::Relaxed);
            let _ = self.queue.send(Command::CloseAll(Ending::TooSlow));
            return;
        }
        // A worker that has ended has no sessions.
        let _ = self.queue.send(command);
    }
}

/// One worker's sessions. Lives and stays on its thread.
#[derive(Clone)]
pub(crate) struct Shard {
    hub: Hub,
    sender: ShardSender,
    state: Rc<RefCell<State>>,
}

#[derive(Default)]
struct State {
    sessions: HashMap<SessionKey, Slot>,
    topics: HashMap<Topic, IndexMap<SessionKey, Subscriber>>,
}

struct Slot {
    outbox: Rc<Outbox>,
    topics: HashMap<Topic, Option<ScopeId>>,
}

struct Subscriber {
    outbox: Rc<Outbox>,
    /// Everything up to here was sent, or is covered by what was sent.
    floor: Rev,
    /// What arrived while the session catches up.
    held: Option<Vec<Parcel>>,
}

impl Shard {
    /// The shard of the present worker.
    pub(crate) fn start(hub: &Hub, id: usize) -> Self {
        let (queue, mut commands) = mpsc::unbounded_channel();
        let sender = ShardSender { id, queue, waiting: Arc::default() };
        let shard = Self { hub: hub.clone(), sender: sender.clone(), state: Rc::default() };
        let handler = shard.clone();
        actix_web::rt::spawn(async move {
            while let Some(command) = commands.recv().await {
                handler.handle(command);
            }
        });
        shard
    }

    pub(crate) fn sender(&self) -> &ShardSender {
        &self.sender
    }

    fn handle(&self, command: Command) {
        match command {
            Command::Deliver(parcel) => {
                self.sender.waiting.fetch_sub(parcel.size(), Ordering::Relaxed);
                self.deliver(&parcel);
            }
            Command::Drop(key, topics) => {
                for topic in topics {
                    self.lose(key, topic);
                }
            }
            Command::Add(key, topic, scope) => self.add(key, topic, scope),
            Command::Close(key, ending) => {
                if let Some(slot) = self.state.borrow().sessions.get(&key) {
                    slot.outbox.end(ending);
                }
            }
            Command::CloseAll(ending) => {
                for slot in self.state.borrow().sessions.values() {
                    slot.outbox.end(ending);
                }
            }
            Command::Farewell => {
                for slot in self.state.borrow().sessions.values() {
                    let delay = self.hub.comeback();
                    slot.outbox
                        .push(format!(r#"{{"event":"reconnect","data":{{"delayMs":{delay}}}}}"#).into());
                    slot.outbox.end(Ending::GoingAway);
                }
            }
        }
    }

    fn deliver(&self, parcel: &Parcel) {
        let mut state = self.state.borrow_mut();
        let Some(subscribers) = state.topics.get_mut(&parcel.topic) else { return };
        for subscriber in subscribers.values_mut() {
            match &mut subscriber.held {
                None => subscriber.give(parcel),
                // Typing and the like is not worth waiting for.
                Some(_) if parcel.rev.is_none() && matches!(parcel.topic, Topic::Timeline(_)) => {}
                Some(held) if held.len() < HELD => held.push(parcel.clone()),
                Some(_) => subscriber.outbox.end(Ending::TooSlow),
            }
        }
    }

    /// A session begins.
    pub(crate) fn enter(&self, key: SessionKey, outbox: Rc<Outbox>) {
        self.state.borrow_mut().sessions.insert(key, Slot { outbox, topics: HashMap::new() });
    }

    /// A session ends. Returns what it listened to.
    pub(crate) fn exit(&self, key: SessionKey) -> Vec<(Topic, Option<ScopeId>)> {
        let mut state = self.state.borrow_mut();
        let Some(slot) = state.sessions.remove(&key) else { return Vec::new() };
        for topic in slot.topics.keys() {
            state.remove(*topic, key);
        }
        slot.topics.into_iter().collect()
    }

    /// From now on what comes on the topic is kept for the session. Returns whether it listens to it anew; one that did
    /// already keeps its floor.
    pub(crate) fn hold(&self, key: SessionKey, topic: Topic, scope: Option<ScopeId>) -> bool {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let Some(slot) = state.sessions.get_mut(&key) else { return false };
        let new = slot.topics.insert(topic, scope).is_none();
        let outbox = Rc::clone(&slot.outbox);
        let subscribers = state.topics.entry(topic).or_default();
        let subscriber =
            subscribers.entry(key).or_insert_with(|| Subscriber { outbox, floor: 0, held: None });
        subscriber.held.get_or_insert_default();
        new
    }

    /// The session has everything up to `floor`: gives it what was kept beyond. `false` when it lost the topic
    /// meanwhile.
    pub(crate) fn release(&self, key: SessionKey, topic: Topic, floor: Rev) -> bool {
        let mut state = self.state.borrow_mut();
        let subscriber = state.topics.get_mut(&topic).and_then(|subscribers| subscribers.get_mut(&key));
        let Some(subscriber) = subscriber else { return false };
        subscriber.floor = subscriber.floor.max(floor);
        for parcel in subscriber.held.take().unwrap_or_default() {
            subscriber.give(&parcel);
        }
        true
    }

    /// The session does not want the topic any more. Returns its scope when it listened to it.
    pub(crate) fn leave(&self, key: SessionKey, topic: Topic) -> Option<Option<ScopeId>> {
        let mut state = self.state.borrow_mut();
        let scope = state.sessions.get_mut(&key)?.topics.remove(&topic)?;
        state.remove(topic, key);
        Some(scope)
    }

    /// How many timelines the session listens to.
    pub(crate) fn timelines(&self, key: SessionKey) -> usize {
        let state = self.state.borrow();
        let slot = state.sessions.get(&key);
        slot.map_or(0, |slot| slot.topics.keys().filter(|topic| matches!(topic, Topic::Timeline(_))).count())
    }

    /// The hub took the topic from the session.
    fn lose(&self, key: SessionKey, topic: Topic) {
        let mut state = self.state.borrow_mut();
        let Some(slot) = state.sessions.get_mut(&key) else { return };
        if slot.topics.remove(&topic).is_some()
            && let Topic::Timeline(id) = topic
        {
            slot.outbox.push(left(id.into()));
        }
        state.remove(topic, key);
    }

    fn add(&self, key: SessionKey, topic: Topic, scope: Option<ScopeId>) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        if let Some(slot) = state.sessions.get_mut(&key) {
            slot.topics.insert(topic, scope);
            let outbox = Rc::clone(&slot.outbox);
            let subscribers = state.topics.entry(topic).or_default();
            subscribers.entry(key).or_insert_with(|| Subscriber { outbox, floor: 0, held: None });
        } else {
            // It ended while the hub added the topic.
            self.hub.forget(key, self.sender.id, &[(topic, scope)]);
        }
    }
}

impl State {
    fn remove(&mut self, topic: Topic, key: SessionKey) {
        if let Some(subscribers) = self.topics.get_mut(&topic) {
            subscribers.swap_remove(&key);
            if subscribers.is_empty() {
                self.topics.remove(&topic);
            }
        }
    }
}

impl Subscriber {
    fn give(&mut self, parcel: &Parcel) {
        if let Some(frame) = parcel.frame(self.floor) {
            self.outbox.push(frame.clone());
        }
        if let Some(rev) = parcel.rev {
            self.floor = self.floor.max(rev);
        }
    }
}

/// The event that tells a session that it does not hear a channel any more.
pub(crate) fn left(channel: ChannelId) -> ByteString {
    format!(r#"{{"event":"channel-left","data":{{"channelId":"{channel}"}}}}"#).into()
}
