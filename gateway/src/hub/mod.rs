//! Who listens to what in this process.
//!
//! The hub puts each timeline's events in order (`sequence`), keeps them back while access to their scope is read again
//! (`scope`, `plan`), and hands them to the workers whose sessions listen (`shard`, `subscriber`). Its own work happens on the threads
//! that publish and hear; locks are held for moments and never across an await.

mod catch_up;
mod command;
mod delivery;
mod fence;
mod figures;
#[cfg(test)]
mod interleavings;
mod plan;
mod presence;
mod registry;
mod revocation;
mod scope;
mod sequence;
mod shard;
mod subscriber;
mod visibility;
mod voice;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use backbone::bus::{Bus, Listener};
use dashmap::DashMap;
use dm::Dm;
use guilds::{Guilds, VisibleChannels};
use identity::Identity;
use kernel::{Env, Event, Rev, ScopeId, SessionId, TimelineId, Topic, UserId};
use messaging::Messaging;
use tokio::runtime::Handle;
use voice_signaling::Voice;

use crate::services::Services;
use crate::ws::Heart;
use scope::Scope;

pub(crate) use command::{Command, ShardSender};
pub(crate) use delivery::Delivery;
pub(crate) use figures::{HubFigures, WorkerFigures};
pub(crate) use plan::SubscriptionMode;
pub(crate) use registry::SubscriptionRequest;
pub(crate) use shard::{Shard, tell_lost};
pub(crate) use subscriber::Released;

/// Clients of a server that stops come back within this time, milliseconds.
const COMEBACK: u16 = 5_000;

/// Names a session within this process.
pub(crate) type SessionKey = u64;
/// Names one subscription of a session to a topic: a later one of the same has another. What the hub tells a worker
/// about a subscription that is not the present one any more is ignored.
pub(crate) type Ticket = u64;

/// A session, as the hub knows it.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) key: SessionKey,
    pub(crate) user: UserId,
    /// The login whose token it holds; another one once it was renewed.
    session: Mutex<SessionId>,
    /// What its user is called, as far as it knows.
    username: Mutex<Option<Arc<str>>>,
    pub(crate) mode: SubscriptionMode,
    pub(crate) shard: ShardSender,
    /// Which channels of each scope it was told of.
    visible_sets: Mutex<HashMap<ScopeId, Arc<VisibleChannels>>>,
    /// It has ended: nothing may be added any more.
    gone: AtomicBool,
    /// It counts as its user being there.
    present: AtomicBool,
}

impl Member {
    #[cfg(test)]
    fn for_tests(user: UserId) -> Self {
        let session = Mutex::new(Env::system().id());
        let (shard, gone) = (ShardSender::for_tests(), AtomicBool::new(false));
        let (username, visible_sets, present) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        Self {
            key: 1,
            user,
            session,
            username,
            mode: SubscriptionMode::Joined,
            shard,
            visible_sets,
            gone,
            present,
        }
    }

    /// The login whose token it holds.
    pub(crate) fn session(&self) -> SessionId {
        *lock(&self.session)
    }

    /// Whether it counts as its user being there.
    pub(crate) fn is_present(&self) -> bool {
        self.present.load(Ordering::Acquire)
    }

    /// It counts as its user being there from now on, until it ends.
    pub(crate) fn appear(&self) {
        self.present.store(true, Ordering::Release);
    }

    /// What its user is called; nothing before it was told.
    pub(crate) fn username(&self) -> Arc<str> {
        lock(&self.username).clone().unwrap_or_default()
    }

    /// Its user was called this a moment ago: news that came meanwhile is newer.
    pub(crate) fn introduce(&self, username: &str) {
        lock(&self.username).get_or_insert_with(|| username.into());
    }

    /// Its user is called this from now on.
    fn rename(&self, username: &str) {
        *lock(&self.username) = Some(username.into());
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
    dm: Dm,
    messaging: Messaging,
    voice: Voice,
    runtime: Handle,
    ear: Arc<Ear>,
    // Guards of these maps are locks: held for moments, never across an await, never two at a time.
    topics: DashMap<Topic, registry::Entry>,
    scopes: DashMap<ScopeId, Scope>,
    members: Mutex<HashMap<UserId, HashMap<SessionKey, Arc<Member>>>>,
    keys: AtomicU64,
    shards: Mutex<Vec<ShardSender>>,
    /// Whom sessions look at.
    watches: Mutex<presence::Watches>,
    stopping: AtomicBool,
    counts: figures::Counts,
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
            dm: services.dm.clone(),
            messaging: services.messaging.clone(),
            voice: services.voice.clone(),
            runtime: Handle::current(),
            ear: Arc::new(Ear(me.clone())),
            topics: DashMap::new(),
            scopes: DashMap::new(),
            members: Mutex::default(),
            keys: AtomicU64::new(1),
            shards: Mutex::default(),
            watches: Mutex::default(),
            stopping: AtomicBool::new(false),
            counts: figures::Counts::default(),
        });
        let ear: Arc<dyn Listener> = inner.ear.clone();
        services.bus.attach(Arc::downgrade(&ear));
        tokio::spawn(catch_up::watch(Arc::downgrade(&inner)));
        tokio::spawn(revocation::watch(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// A worker's part of the hub; call it on the worker's thread.
    pub(crate) fn shard(&self, heart: Heart) -> Shard {
        let mut shards = lock(&self.0.shards);
        let shard = Shard::start(self, shards.len(), heart);
        shards.push(shard.sender().clone());
        shard
    }

    /// Tells every session that the server is about to stop, and when to come back: at a random moment each, so that
    /// they do not all come at once. Then ends them.
    pub(crate) fn farewell(&self) {
        self.0.stopping.store(true, Ordering::Release);
        for shard in lock(&self.0.shards).iter() {
            shard.send(Command::Shutdown);
        }
    }

    /// Whether the server is about to stop: no session may begin any more.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Acquire)
    }

    /// Whether there are no sessions.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0.members).is_empty()
    }

    /// A session of `user` was told of everything in a conversation up to `rev`.
    fn delivered(&self, user: UserId, conversation: TimelineId, rev: Rev) {
        self.0.messaging.delivered(user, conversation, rev);
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
        mode: SubscriptionMode,
        shard: &ShardSender,
    ) -> Arc<Member> {
        let key = self.0.keys.fetch_add(1, Ordering::Relaxed);
        let (shard, session, gone) = (shard.clone(), Mutex::new(session), AtomicBool::new(false));
        let (username, visible_sets, present) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        let member = Member { key, user, session, username, mode, shard, visible_sets, gone, present };
        let member = Arc::new(member);
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
        self.0.unwatch(member.key);
        self.forget(member.key, member.shard.id, topics);
    }

    /// Names a subscription that is about to be made.
    pub(crate) fn ticket(&self) -> Ticket {
        self.0.ticket()
    }

    /// Lets the session's worker hear topics. When it returns, every later event of them reaches the worker. Those whose
    /// access has changed since it was proved are returned: authorise them again. A constant number of queries, however
    /// many topics.
    ///
    /// # Errors
    /// The session has ended, or the log cannot be read: then it hears none of them, but for what it heard before.
    pub(crate) async fn subscribe(
        &self,
        member: &Arc<Member>,
        requests: &[SubscriptionRequest],
    ) -> Result<Vec<Topic>, Refused> {
        self.0.subscribe(member, requests).await
    }

    /// Whether the session hears the topic by this ticket.
    pub(crate) fn confirms(&self, key: SessionKey, shard: usize, topic: Topic, ticket: Ticket) -> bool {
        self.0.confirms(key, shard, topic, ticket)
    }

    /// Reads the access of a session to these scopes again, and lets it hear what it may.
    pub(crate) fn replan(&self, member: &Member, scopes: impl IntoIterator<Item = ScopeId>) {
        for scope in scopes {
            self.0.scopes.entry(scope).or_default().admit(member.user);
            self.0.plan_soon(scope);
        }
    }

    /// A session was told by `ready` that it sees this of the scope.
    pub(crate) fn told_visible(&self, member: &Member, scope: ScopeId, visible: VisibleChannels) {
        self.0.told_visible(member, scope, visible);
    }

    /// A session gave these topics up.
    pub(crate) fn forget(&self, key: SessionKey, shard: usize, topics: &[(Topic, Option<ScopeId>)]) {
        for (topic, scope) in topics {
            self.0.forget(key, shard, *topic, None, *scope);
        }
    }

    /// A session gave up what the hub had let it hear, before it knew; unless it has asked for it again since.
    pub(crate) fn take_back(
        &self,
        key: SessionKey,
        shard: usize,
        topic: Topic,
        ticket: Ticket,
        scope: Option<ScopeId>,
    ) {
        self.0.forget(key, shard, topic, Some(ticket), scope);
    }

    /// Sends an event that is not kept anywhere to everybody who listens, here and elsewhere.
    pub(crate) fn publish(&self, event: Event) {
        self.0.bus.publish(event);
    }
}

impl Inner {
    fn ticket(&self) -> Ticket {
        self.keys.fetch_add(1, Ordering::Relaxed)
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
