//! What all tasks of the bus over Redis have in common: names, marks, and what is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use kernel::{Env, Event, Topic};
use redis::Msg;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::topics::Topics;
use super::{BusHealth, Slot};

/// How long Redis may take for anything.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// How often the bus sends itself a sign of life, and looks for topics to leave.
pub(super) const BEAT: Duration = Duration::from_millis(500);
/// Without a sign of life for this long, a listening connection is given up.
pub(super) const SILENCE: Duration = Duration::from_secs(3);
/// Waiting time before a new try to connect: doubles from the first to the last.
pub(super) const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

pub(super) struct Shared {
    prefix: String,
    /// Marks what this process sent, so that it does not hear it twice.
    origin: String,
    pub(super) topics: Arc<Topics>,
    listener: Arc<Slot>,
    /// Somebody joined a topic.
    pub(super) wanted: Notify,
    /// The server that was the master is a replica now.
    pub(super) demoted: Notify,
    up: AtomicBool,
    /// How often events were lost: who publishes connects anew after each time, wherever Redis is by then.
    losses: AtomicU64,
    latency_us: AtomicU64,
    started: Instant,
}

/// Something on its way to a channel.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) channel: String,
    pub(super) payload: Bytes,
    /// A node of a cluster has said that another has the channel.
    pub(super) redirected: bool,
}

impl Shared {
    pub(super) fn new(prefix: &str, env: &Env, topics: Arc<Topics>, listener: Arc<Slot>) -> Self {
        Self {
            prefix: prefix.to_owned(),
            origin: env.code(b"0123456789abcdefghijklmnopqrstuvwxyz", 12),
            topics,
            listener,
            wanted: Notify::new(),
            demoted: Notify::new(),
            up: AtomicBool::new(false),
            losses: AtomicU64::new(0),
            latency_us: AtomicU64::new(u64::MAX),
            started: Instant::now(),
        }
    }

    pub(super) fn channel(&self, topic: Topic) -> String {
        format!("{}{topic}", self.prefix)
    }

    pub(super) fn topic(&self, channel: &str) -> Option<Topic> {
        channel.strip_prefix(&self.prefix)?.parse().ok()
    }

    /// Only this process listens to it. `place` tells a cluster on which node.
    pub(super) fn beat_channel(&self, place: &str) -> String {
        format!("{}beat:{place}{}", self.prefix, self.origin)
    }

    pub(super) fn outgoing(&self, event: &Event) -> Outgoing {
        let (channel, payload) = (self.channel(event.topic), self.sealed(&event.to_wire()));
        Outgoing { channel, payload, redirected: false }
    }

    /// A sign of life, with the moment at which it was sent.
    pub(super) fn beat(&self, channel: &str) -> Outgoing {
        let payload = self.sealed(self.micros().to_string().as_bytes());
        Outgoing { channel: channel.to_owned(), payload, redirected: false }
    }

    pub(super) fn heard(&self, message: &Msg) {
        let payload = Bytes::copy_from_slice(message.get_payload_bytes());
        let Some(split) = payload.iter().position(|&byte| byte == b' ') else { return };
        let (from, body) = (payload.slice(..split), payload.slice(split + 1..));
        let own = from == self.origin.as_bytes();
        match self.topic(message.get_channel_name()) {
            None if own => {
                let sent = std::str::from_utf8(&body).ok().and_then(|text| text.parse::<u64>().ok());
                let latency = sent.map(|sent| self.micros().saturating_sub(sent));
                self.latency_us.store(latency.unwrap_or(u64::MAX), Ordering::Relaxed);
            }
            None => {}
            Some(_) if own => {}
            Some(topic) => match (Event::from_wire(topic, &body), self.listener.get()) {
                (Some(event), Some(listener)) => listener.heard(event),
                (None, _) => tracing::warn!(%topic, "bus carried something that is no event"),
                (_, None) => {}
            },
        }
    }

    /// From now on all joined topics are subscribed.
    pub(super) fn restored(&self) {
        self.up.store(true, Ordering::Release);
        tracing::info!("bus connected");
        if let Some(listener) = self.listener.get() {
            listener.restored();
        }
    }

    /// From now on events may be missing.
    pub(super) fn lost(&self, why: &str) {
        self.up.store(false, Ordering::Release);
        self.losses.fetch_add(1, Ordering::AcqRel);
        tracing::warn!(why, "bus lost");
        if let Some(listener) = self.listener.get() {
            listener.lost();
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    pub(super) fn losses(&self) -> u64 {
        self.losses.load(Ordering::Acquire)
    }

    pub(super) fn health(&self) -> BusHealth {
        let latency = match self.latency_us.load(Ordering::Relaxed) {
            u64::MAX => None,
            micros => Some(Duration::from_micros(micros)),
        };
        let up = self.is_up();
        BusHealth { up, latency: latency.filter(|_| up) }
    }

    fn sealed(&self, wire: &[u8]) -> Bytes {
        let mut sealed = Vec::with_capacity(self.origin.len() + 1 + wire.len());
        sealed.extend_from_slice(self.origin.as_bytes());
        sealed.push(b' ');
        sealed.extend_from_slice(wire);
        sealed.into()
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
