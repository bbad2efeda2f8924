//! What all tasks of the bus over Redis have in common: names, marks, and what is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use kernel::{Env, Event, Published, Topic};
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
    /// Tells other machines when an event was published.
    env: Env,
    dropped: AtomicU64,
    received: AtomicU64,
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
            env: env.clone(),
            dropped: AtomicU64::new(0),
            received: AtomicU64::new(0),
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
        let (from, sent) = origin_and_time(&from);
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
                (Some(mut event), Some(listener)) => {
                    self.received.fetch_add(1, Ordering::Relaxed);
                    event.header.published = sent.map(|sent| self.published(sent));
                    listener.heard(event);
                }
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

    /// So many events more did not go out.
    pub(super) fn dropped(&self, events: usize) {
        self.dropped.fetch_add(u64::try_from(events).unwrap_or(0), Ordering::Relaxed);
    }

    /// How many events were dropped, and how many came from other processes.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.dropped.load(Ordering::Relaxed), self.received.load(Ordering::Relaxed))
    }

    /// Who sends it, when, and what: `origin:micros wire`.
    fn sealed(&self, wire: &[u8]) -> Bytes {
        let head = format!("{}:{} ", self.origin, self.env.micros());
        let mut sealed = Vec::with_capacity(head.len() + wire.len());
        sealed.extend_from_slice(head.as_bytes());
        sealed.extend_from_slice(wire);
        sealed.into()
    }

    /// When something was published that was so by another machine's clock. Not in the future, though clocks differ.
    fn published(&self, sent: i64) -> Published {
        let age = u64::try_from(self.env.micros().saturating_sub(sent)).unwrap_or(0);
        let now = Instant::now().into_std();
        Published { at: now.checked_sub(Duration::from_micros(age)).unwrap_or(now), elsewhere: true }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Who sent something, and when by their clock, which gateways before this version do not say.
fn origin_and_time(head: &[u8]) -> (&[u8], Option<i64>) {
    let Some(end) = head.iter().position(|&byte| byte == b':') else { return (head, None) };
    let (origin, time) = head.split_at(end);
    let time = time.get(1..).and_then(|time| std::str::from_utf8(time).ok());
    (origin, time.and_then(|time| time.parse().ok()))
}
