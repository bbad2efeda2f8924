//! Who listens to what in this process.
//!
//! The hub puts each timeline's events in order (`sequence`), keeps them back while access to their scope is read again
//! (`scope`, `plan`), and hands them to the workers whose sessions listen (`shard`). Its own work happens on the threads
//! that publish and hear; locks are held for moments and never across an await.

mod catch_up;
mod fence;
mod parcel;
mod plan;
mod revocation;
mod scope;
mod sequence;
mod shard;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use backbone::bus::{Bus, Joined, Listener};
use dashmap::DashMap;
use dashmap::mapref::entry::Entry as Place;
use futures_util::future::join_all;
use guilds::Guilds;
use identity::Identity;
use kernel::{Env, Event, Fence, ScopeId, SessionId, Topic, UserId};
use messaging::Messaging;
use tokio::runtime::Handle;

use crate::services::Services;
use scope::Scope;
use sequence::Sequence;

pub(crate) use parcel::Parcel;
pub(crate) use plan::Appetite;
pub(crate) use shard::{Command, Shard, ShardSender, left};

/// Clients of a server that stops come back within this time, milliseconds.
const COMEBACK: u16 = 5_000;

/// Names a session within this process.
pub(crate) type SessionKey = u64;

/// A session, as the hub knows it.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) key: SessionKey,
    pub(crate) user: UserId,
    /// The login whose token it holds; another one once it was renewed.
    session: Mutex<SessionId>,
    pub(crate) appetite: Appetite,
    pub(crate) shard: ShardSender,
    /// It has ended: nothing may be added any more.
    gone: AtomicBool,
}

impl Member {
    /// The login whose token it holds.
    pub(crate) fn session(&self) -> SessionId {
        *lock(&self.session)
    }

    /// It holds a token of this login from now on.
    pub(crate) fn renew(&self, session: SessionId) {
        *lock(&self.session) = session;
    }
}

/// The hub. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hub(Arc<Inner>);

struct Inner {
    env: Env,
    bus: Bus,
    identity: Identity,
    guilds: Guilds,
    messaging: Messaging,
    runtime: Handle,
    ear: Arc<Ear>,
    // Guards of these maps are locks: held for moments, never across an await, never two at a time.
    topics: DashMap<Topic, Entry>,
    scopes: DashMap<ScopeId, Scope>,
    members: Mutex<HashMap<UserId, HashMap<SessionKey, Arc<Member>>>>,
    keys: AtomicU64,
    shards: Mutex<Vec<ShardSender>>,
}

/// A topic that has listeners here.
#[derive(Default)]
struct Entry {
    /// How many sessions of each worker listen.
    listeners: Vec<(ShardSender, usize)>,
    /// Joined on the bus; for a timeline its sequence has started, too.
    joined: Option<Joined>,
    sequence: Sequence<Parcel>,
    /// Somebody is reading the log for it.
    catching_up: bool,
}

/// Why a session cannot listen.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The session has ended.
    Gone,
    /// The log cannot be read.
    Log(messaging::Error),
}

impl Hub {
    /// A hub that hears `bus`. Starts to watch the log on the present runtime.
    pub(crate) fn start(services: &Services) -> Self {
        let inner = Arc::new_cyclic(|me| Inner {
            env: services.env.clone(),
            bus: services.bus.clone(),
            identity: services.identity.clone(),
            guilds: services.guilds.clone(),
            messaging: services.messaging.clone(),
            runtime: Handle::current(),
            ear: Arc::new(Ear(me.clone())),
            topics: DashMap::new(),
            scopes: DashMap::new(),
            members: Mutex::default(),
            keys: AtomicU64::new(1),
            shards: Mutex::default(),
        });
        let ear: Arc<dyn Listener> = inner.ear.clone();
        services.bus.attach(Arc::downgrade(&ear));
        tokio::spawn(catch_up::watch(Arc::downgrade(&inner)));
        tokio::spawn(revocation::watch(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// A worker's part of the hub; call it on the worker's thread.
    pub(crate) fn shard(&self) -> Shard {
        let mut shards = lock(&self.0.shards);
        let shard = Shard::start(self, shards.len());
        shards.push(shard.sender().clone());
        shard
    }

    /// Tells every session that the server is about to stop, and when to come back: at a random moment each, so that
    /// they do not all come at once. Then ends them.
    pub(crate) fn farewell(&self) {
        for shard in lock(&self.0.shards).iter() {
            shard.send(Command::Farewell);
        }
    }

    /// How long a client is to wait before it comes back, milliseconds.
    fn comeback(&self) -> u16 {
        u16::from_le_bytes(self.0.env.bytes()) % COMEBACK
    }

    /// Registers a session.
    pub(crate) fn enter(
        &self,
        user: UserId,
        session: SessionId,
        appetite: Appetite,
        shard: &ShardSender,
    ) -> Arc<Member> {
        let key = self.0.keys.fetch_add(1, Ordering::Relaxed);
        let (shard, session, gone) = (shard.clone(), Mutex::new(session), AtomicBool::new(false));
        let member = Arc::new(Member { key, user, session, appetite, shard, gone });
        lock(&self.0.members).entry(user).or_default().insert(key, Arc::clone(&member));
        member
    }

    /// A session has ended; `topics` is what it listened to.
    pub(crate) fn exit(&self, member: &Member, topics: &[(Topic, Option<ScopeId>)]) {
        member.gone.store(true, Ordering::Release);
        {
            let mut members = lock(&self.0.members);
            if let Some(sessions) = members.get_mut(&member.user) {
                sessions.remove(&member.key);
                if sessions.is_empty() {
                    members.remove(&member.user);
                }
            }
        }
        self.forget(member.key, member.shard.id, topics);
    }

    /// Lets the session's worker hear topics. When it returns, every later event of them reaches the worker. With a
    /// fence, a topic belongs to its scope, and the session's access was proved at its version; those whose access has
    /// changed since are returned: authorise them again. A constant number of queries, however many topics.
    ///
    /// # Errors
    /// The session has ended, or the log cannot be read: then it hears none of them.
    pub(crate) async fn subscribe(
        &self,
        member: &Arc<Member>,
        topics: &[(Topic, Option<Fence>)],
    ) -> Result<Vec<Topic>, Refused> {
        let (mut entered, mut stale) = (Vec::with_capacity(topics.len()), Vec::new());
        for (topic, fence) in topics {
            match self.0.enter(member, *topic, *fence) {
                true => entered.push((*topic, fence.map(|fence| fence.scope))),
                false => stale.push(*topic),
            }
        }
        let opened = self.0.open(&entered).await;
        let gone = member.gone.load(Ordering::Acquire);
        if opened.is_err() || gone {
            self.forget(member.key, member.shard.id, &entered);
        }
        opened.map_err(Refused::Log)?;
        if gone { Err(Refused::Gone) } else { Ok(stale) }
    }

    /// Reads the access of a session to these scopes again, and lets it hear what it may.
    pub(crate) fn replan(&self, member: &Member, scopes: impl IntoIterator<Item = ScopeId>) {
        for scope in scopes {
            self.0.scopes.entry(scope).or_default().admit(member.user);
            self.0.plan_soon(scope);
        }
    }

    /// A session's worker need not hear these topics for it any more.
    pub(crate) fn forget(&self, key: SessionKey, shard: usize, topics: &[(Topic, Option<ScopeId>)]) {
        for (topic, scope) in topics {
            self.0.forget(key, shard, *topic, *scope);
        }
    }

    /// Sends an event that is not kept anywhere to everybody who listens, here and elsewhere.
    pub(crate) fn publish(&self, event: Event) {
        self.0.bus.publish(event);
    }
}

impl Inner {
    /// Registers a listener; `false` when its access has changed.
    fn enter(&self, member: &Arc<Member>, topic: Topic, fence: Option<Fence>) -> bool {
        if let Some(fence) = fence {
            let mut scope = self.scopes.entry(fence.scope).or_default();
            if !scope.enter(member, topic, fence.version) {
                return false;
            }
        }
        let mut entry = self.topics.entry(topic).or_default();
        match entry.listeners.iter_mut().find(|(shard, _)| shard.id == member.shard.id) {
            Some((_, count)) => *count += 1,
            None => entry.listeners.push((member.shard.clone(), 1)),
        }
        true
    }

    /// Joins those of the topics that are not joined yet. Somebody else may be doing the same at this moment: the
    /// second finds it done.
    async fn open(&self, topics: &[(Topic, Option<ScopeId>)]) -> Result<(), messaging::Error> {
        let closed = |topic: &Topic| self.topics.get(topic).is_some_and(|entry| entry.joined.is_none());
        let closed = topics.iter().map(|(topic, _)| *topic).filter(closed).collect::<Vec<_>>();
        let joined = join_all(closed.iter().map(|topic| self.bus.join(*topic))).await;
        let timelines = closed.iter().filter_map(|topic| match topic {
            Topic::Timeline(id) => Some(*id),
            _ => None,
        });
        // Read after joining: what is committed later is heard, or found missing.
        let mut heads = HashMap::new();
        for chunk in timelines.collect::<Vec<_>>().chunks(catch_up::CHUNK) {
            heads.extend(self.messaging.heads(chunk).await?);
        }
        for joined in joined {
            let Some(mut entry) = self.topics.get_mut(&joined.topic()) else { continue };
            if let Topic::Timeline(id) = joined.topic() {
                // One that is gone has no head and no events.
                let Some(head) = heads.get(&id) else { continue };
                let ready = entry.sequence.start(head.rev);
                entry.deliver(ready.into_iter().map(|(_, parcel)| parcel));
            }
            entry.joined.get_or_insert(joined);
        }
        Ok(())
    }

    fn forget(&self, key: SessionKey, shard: usize, topic: Topic, scope: Option<ScopeId>) {
        if let Place::Occupied(mut place) = self.topics.entry(topic) {
            let listeners = &mut place.get_mut().listeners;
            listeners.retain_mut(|(sender, count)| {
                if sender.id == shard {
                    *count -= 1;
                }
                *count > 0
            });
            if listeners.is_empty() {
                place.remove();
            }
        }
        if let Some(scope) = scope
            && let Place::Occupied(mut place) = self.scopes.entry(scope)
        {
            place.get_mut().leave(key, topic);
            if place.get().is_idle() {
                place.remove();
            }
        }
    }

    /// Hands an event on, past the fence.
    fn route(self: &Arc<Self>, event: &Event) {
        let Some(parcel) = Parcel::live(event) else { return };
        let Some(rev) = parcel.rev else {
            if let Some(entry) = self.topics.get(&event.topic) {
                entry.deliver([parcel]);
            }
            return;
        };
        let gap = self.advance(event.topic, |sequence| sequence.push(rev, parcel));
        if gap {
            self.catch_up(event.topic, None);
        }
    }

    /// Takes a timeline's sequence further and delivers what may leave. Returns whether something is missing.
    fn advance(
        &self,
        topic: Topic,
        step: impl FnOnce(&mut Sequence<Parcel>) -> Vec<(kernel::Rev, Parcel)>,
    ) -> bool {
        let Some(mut entry) = self.topics.get_mut(&topic) else { return false };
        let ready = step(&mut entry.sequence);
        // Under the lock: the order in which they leave is the order in which workers get them.
        entry.deliver(ready.into_iter().map(|(_, parcel)| parcel));
        entry.sequence.has_gap()
    }
}

impl Entry {
    fn deliver(&self, parcels: impl IntoIterator<Item = Parcel>) {
        for parcel in parcels {
            for (shard, _) in &self.listeners {
                shard.send(Command::Deliver(parcel.clone()));
            }
        }
    }
}

/// The hub as the bus sees it.
struct Ear(Weak<Inner>);

impl Listener for Ear {
    fn heard(&self, event: Event) {
        let Some(hub) = self.0.upgrade() else { return };
        match event.topic {
            Topic::Gateways => hub.told(&event),
            _ => hub.judge(&event),
        }
    }

    fn lost(&self) {}

    fn restored(&self) {
        if let Some(hub) = self.0.upgrade() {
            hub.runtime.spawn(catch_up::after_loss(Arc::clone(&hub)));
        }
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("topics", &self.0.topics.len()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
