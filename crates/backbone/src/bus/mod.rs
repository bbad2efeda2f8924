//! The event bus: a doorbell between processes.

mod cluster;
mod local;
mod publisher;
mod server;
mod shared;
mod topics;
mod transport;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use kernel::{Env, Event, Internal, Published, Topic};
use tokio::time::Instant;

pub use local::LocalNet;

use topics::Topics;
use transport::RedisTransport;

use crate::redis::RedisSettings;

/// How long a topic without listeners stays joined: people switch back and forth between channels.
const LINGER: Duration = Duration::from_secs(1);

/// Who hears what the bus carries. Called on the bus's own tasks and on publishers': must not block.
pub trait Listener: Send + Sync + 'static {
    /// An event of a joined topic, or one that this process published itself.
    fn heard(&self, event: Event);
    /// From now on events may be missing.
    fn lost(&self);
    /// All joined topics are subscribed again: whatever was missed lies before this call.
    fn restored(&self);
}

/// The event bus of one process. Cheap to clone.
#[derive(Clone)]
pub struct Bus(Arc<Inner>);

struct Inner {
    topics: Arc<Topics>,
    listener: Arc<Slot>,
    transport: Transport,
    published: AtomicU64,
}

enum Transport {
    Redis(RedisTransport),
    Local(local::LocalTransport),
}

/// Where the listener stands once it is there. Weak: the listener holds the bus.
#[derive(Default)]
struct Slot(OnceLock<Weak<dyn Listener>>);

impl Slot {
    fn get(&self) -> Option<Arc<dyn Listener>> {
        self.0.get()?.upgrade()
    }
}

/// How the bus is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusHealth {
    /// Whether events go through at present; in a cluster, through all of its nodes.
    pub up: bool,
    /// From publishing to hearing it again, lately.
    pub latency: Option<Duration>,
}

impl Bus {
    /// A bus over Redis pub/sub, sharded in a cluster. Connects in the background and keeps trying: the process works
    /// without it.
    ///
    /// # Errors
    /// A URL is malformed, or the file of the private authority cannot be read.
    pub fn redis(settings: &RedisSettings, env: &Env) -> Result<Self, Internal> {
        let (topics, listener) = (Arc::new(Topics::default()), Arc::new(Slot::default()));
        let transport = RedisTransport::start(settings, env, Arc::clone(&topics), Arc::clone(&listener))?;
        Ok(Self::over(topics, listener, Transport::Redis(transport)))
    }

    /// A bus inside this process: hears what other buses of the same `net` publish.
    pub fn local(net: &LocalNet) -> Self {
        let (topics, listener) = (Arc::new(Topics::default()), Arc::new(Slot::default()));
        let transport = local::LocalTransport::start(net, Arc::clone(&topics), Arc::clone(&listener));
        Self::over(topics, listener, Transport::Local(transport))
    }

    fn over(topics: Arc<Topics>, listener: Arc<Slot>, transport: Transport) -> Self {
        Self(Arc::new(Inner { topics, listener, transport, published: AtomicU64::new(0) }))
    }

    /// Sets who hears events; the first one set stays.
    pub fn attach(&self, listener: Weak<dyn Listener>) {
        let _ = self.0.listener.0.set(listener);
    }

    /// Hands the event to this process's listener at once and sends it to the others. Never waits: when the bus is
    /// down or its queue full, the others learn of it from the log.
    pub fn publish(&self, mut event: Event) {
        event.header.published = Some(Published { at: Instant::now().into_std(), elsewhere: false });
        self.0.published.fetch_add(1, Ordering::Relaxed);
        match &self.0.transport {
            Transport::Redis(redis) => redis.publish(&event),
            Transport::Local(local) => local.publish(&event),
        }
        if let Some(listener) = self.0.listener.get() {
            listener.heard(event);
        }
    }

    /// Joins a topic. Returns when its events come in, or when the bus is known to be down (then [`Listener::restored`]
    /// will be called when they do).
    pub async fn join(&self, topic: Topic) -> Joined {
        let joined = Joined { topics: Arc::clone(&self.0.topics), topic };
        let ready = self.0.topics.join(topic);
        if let Transport::Redis(redis) = &self.0.transport {
            redis.wake();
            redis.subscribed(ready).await;
        }
        joined
    }

    /// How the bus is.
    pub fn health(&self) -> BusHealth {
        match &self.0.transport {
            Transport::Redis(redis) => redis.health(),
            Transport::Local(_) => BusHealth { up: true, latency: Some(Duration::ZERO) },
        }
    }
}

/// What the bus carried since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusStats {
    /// Events that this process published.
    pub published: u64,
    /// Those of them that did not go to other processes: Redis was down, or too slow. They find them in the log.
    pub dropped: u64,
    /// Events that came from other processes.
    pub received: u64,
    /// Topics that this process has joined.
    pub topics: usize,
}

impl Bus {
    /// What it carried since it began.
    pub fn stats(&self) -> BusStats {
        let (dropped, received) = match &self.0.transport {
            Transport::Redis(redis) => redis.counts(),
            Transport::Local(_) => (0, 0),
        };
        let published = self.0.published.load(Ordering::Relaxed);
        BusStats { published, dropped, received, topics: self.0.topics.count() }
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bus").field("health", &self.health()).finish_non_exhaustive()
    }
}

/// Keeps a topic joined. When the last one of a topic is dropped, the topic is left a second later.
#[derive(Debug)]
pub struct Joined {
    topics: Arc<Topics>,
    topic: Topic,
}

impl Joined {
    /// The topic.
    pub fn topic(&self) -> Topic {
        self.topic
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.topics.leave(self.topic);
    }
}
