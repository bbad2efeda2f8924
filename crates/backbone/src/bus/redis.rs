//! The bus over Redis pub/sub: one connection that publishes, one that listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use kernel::{Env, Event, Internal, Published, Topic};
use redis::aio::{MultiplexedConnection, PubSubSink, PubSubStream};
use redis::{AsyncConnectionConfig, Client, Msg};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::topics::{Ready, Topics};
use super::{BusHealth, LINGER, RedisSettings, Slot};

/// Events waiting to be sent. Beyond it they are dropped: the log has them.
const QUEUE: usize = 8_192;
/// Events sent in one round trip.
const PIPELINE: usize = 256;
/// How long Redis may take for anything.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the bus sends itself a sign of life, and looks for topics to leave.
const BEAT: Duration = Duration::from_millis(500);
/// Without a sign of life for this long, the listening connection is given up.
const SILENCE: Duration = Duration::from_secs(3);
/// Waiting time before a new try to connect: doubles from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// Topics in one SUBSCRIBE.
const CHUNK: usize = 500;

pub(super) struct RedisTransport {
    shared: Arc<Shared>,
    queue: mpsc::Sender<(String, Bytes)>,
    tasks: [JoinHandle<()>; 2],
}

struct Shared {
    client: Client,
    prefix: String,
    /// Marks what this process sent, so that it does not hear it twice.
    origin: String,
    topics: Arc<Topics>,
    listener: Arc<Slot>,
    /// Somebody joined a topic.
    wanted: Notify,
    up: AtomicBool,
    latency_us: AtomicU64,
    started: Instant,
    /// Tells other machines when an event was published.
    env: Env,
    dropped: AtomicU64,
    received: AtomicU64,
}

impl RedisTransport {
    pub(super) fn start(
        settings: &RedisSettings,
        env: &Env,
        topics: Arc<Topics>,
        listener: Arc<Slot>,
    ) -> Result<Self, Internal> {
        let shared = Arc::new(Shared {
            client: settings.client()?,
            prefix: settings.prefix.clone(),
            origin: env.code(b"0123456789abcdefghijklmnopqrstuvwxyz", 12),
            topics,
            listener,
            wanted: Notify::new(),
            up: AtomicBool::new(false),
            latency_us: AtomicU64::new(u64::MAX),
            started: Instant::now(),
            env: env.clone(),
            dropped: AtomicU64::new(0),
            received: AtomicU64::new(0),
        });
        let (queue, outgoing) = mpsc::channel(QUEUE);
        let tasks = [
            tokio::spawn(publisher(Arc::clone(&shared), outgoing)),
            tokio::spawn(subscriber(Arc::clone(&shared))),
        ];
        Ok(Self { shared, queue, tasks })
    }

    pub(super) fn publish(&self, event: &Event) {
        let wire = self.shared.sealed(&event.to_wire());
        if self.queue.try_send((self.shared.channel(event.topic), wire)).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(topic = %event.topic, "bus queue full, event dropped");
        }
    }

    /// How many events were dropped, and how many came from other processes.
    pub(super) fn counts(&self) -> (u64, u64) {
        let Shared { dropped, received, .. } = &*self.shared;
        (dropped.load(Ordering::Relaxed), received.load(Ordering::Relaxed))
    }

    pub(super) fn wake(&self) {
        self.shared.wanted.notify_one();
    }

    /// Waits until the topic is subscribed; not at all when Redis is down, and never longer than [`PATIENCE`].
    pub(super) async fn subscribed(&self, mut ready: Ready) {
        if *ready.borrow() || !self.shared.up.load(Ordering::Acquire) {
            return;
        }
        let _ = timeout(PATIENCE, ready.wait_for(|ready| *ready)).await;
    }

    pub(super) fn health(&self) -> BusHealth {
        let latency = match self.shared.latency_us.load(Ordering::Relaxed) {
            u64::MAX => None,
            micros => Some(Duration::from_micros(micros)),
        };
        let up = self.shared.up.load(Ordering::Acquire);
        BusHealth { up, latency: latency.filter(|_| up) }
    }
}

impl Drop for RedisTransport {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Shared {
    fn channel(&self, topic: Topic) -> String {
        format!("{}{topic}", self.prefix)
    }

    /// Only this process listens to it.
    fn beat_channel(&self) -> String {
        format!("{}beat:{}", self.prefix, self.origin)
    }

    /// Who sends it, when, and what: `origin:micros wire`.
    fn sealed(&self, wire: &[u8]) -> Bytes {
        let head = format!("{}:{} ", self.origin, self.env.micros());
        let mut sealed = Vec::with_capacity(head.len() + wire.len());
        sealed.extend_from_slice(head.as_bytes());
        sealed.extend_from_slice(wire);
        sealed.into()
    }

    /// So many events more did not go out.
    fn dropped(&self, events: usize) {
        self.dropped.fetch_add(u64::try_from(events).unwrap_or(0), Ordering::Relaxed);
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// When something was published that was so by another machine's clock. Not in the future, though clocks differ.
    fn published(&self, sent: i64) -> Published {
        let age = u64::try_from(self.env.micros().saturating_sub(sent)).unwrap_or(0);
        let now = Instant::now().into_std();
        Published { at: now.checked_sub(Duration::from_micros(age)).unwrap_or(now), elsewhere: true }
    }

    fn heard(&self, message: &Msg) {
        let payload = Bytes::copy_from_slice(message.get_payload_bytes());
        let channel = message.get_channel_name();
        let Some(split) = payload.iter().position(|&byte| byte == b' ') else { return };
        let (from, body) = (payload.slice(..split), payload.slice(split + 1..));
        let (from, sent) = origin_and_time(&from);
        let own = from == self.origin.as_bytes();
        let topic = channel.strip_prefix(&self.prefix).and_then(|name| name.parse::<Topic>().ok());
        match topic {
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
}

/// Who sent something, and when by their clock, which gateways before this version do not say.
fn origin_and_time(head: &[u8]) -> (&[u8], Option<i64>) {
    let Some(end) = head.iter().position(|&byte| byte == b':') else { return (head, None) };
    let (origin, time) = head.split_at(end);
    let time = time.get(1..).and_then(|time| std::str::from_utf8(time).ok());
    (origin, time.and_then(|time| time.parse().ok()))
}

/// Sends what is queued, many at a time. What cannot be sent is dropped.
async fn publisher(shared: Arc<Shared>, mut queue: mpsc::Receiver<(String, Bytes)>) {
    let mut conn: Option<MultiplexedConnection> = None;
    let mut batch = Vec::with_capacity(PIPELINE);
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        batch.clear();
        let events = tokio::select! {
            biased;
            _ = beat.tick() => {
                batch.push((shared.beat_channel(), shared.sealed(shared.micros().to_string().as_bytes())));
                0
            }
            received = queue.recv_many(&mut batch, PIPELINE) => if received == 0 { return } else { received },
        };
        let mut pipe = redis::pipe();
        for (channel, payload) in &batch {
            pipe.cmd("PUBLISH").arg(channel).arg(payload.as_ref()).ignore();
        }
        if conn.is_none() {
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            conn = shared.client.get_multiplexed_async_connection_with_config(&config).await.ok();
        }
        let Some(live) = conn.as_mut() else {
            // Not connected: what has been queued meanwhile is old news as well. The next beat tries again.
            let mut dropped = events;
            while queue.try_recv().is_ok() {
                dropped += 1;
            }
            shared.dropped(dropped);
            sleep(BACKOFF.0).await;
            continue;
        };
        if let Err(error) = pipe.exec_async(live).await {
            shared.dropped(events);
            tracing::debug!(%error, events, "bus publish failed");
            conn = None;
        }
    }
}

/// Listens, and connects again whenever the connection is gone.
async fn subscriber(shared: Arc<Shared>) {
    let mut wait = BACKOFF.0;
    loop {
        match timeout(PATIENCE, connect(&shared)).await {
            Ok(Ok((sink, stream))) => {
                wait = BACKOFF.0;
                shared.up.store(true, Ordering::Release);
                tracing::info!("bus connected");
                if let Some(listener) = shared.listener.get() {
                    listener.restored();
                }
                let why = listen(&shared, sink, stream).await;
                shared.up.store(false, Ordering::Release);
                tracing::warn!(why, "bus lost");
                if let Some(listener) = shared.listener.get() {
                    listener.lost();
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "bus not reachable"),
            Err(_) => tracing::debug!("bus not reachable: no answer"),
        }
        sleep(wait).await;
        wait = (wait * 2).min(BACKOFF.1);
    }
}

/// A connection on which everything wanted is subscribed.
async fn connect(shared: &Shared) -> redis::RedisResult<(PubSubSink, PubSubStream)> {
    let (mut sink, stream) = shared.client.get_async_pubsub().await?.split();
    sink.subscribe(shared.beat_channel()).await?;
    subscribe(shared, &mut sink, &shared.topics.restart()).await?;
    Ok((sink, stream))
}

async fn subscribe(shared: &Shared, sink: &mut PubSubSink, topics: &[Topic]) -> redis::RedisResult<()> {
    for chunk in topics.chunks(CHUNK) {
        sink.subscribe(chunk.iter().map(|topic| shared.channel(*topic)).collect::<Vec<_>>()).await?;
        shared.topics.mark_ready(chunk);
    }
    Ok(())
}

/// Hears events and follows joins and leaves until the connection is no good any more; says why.
async fn listen(shared: &Shared, mut sink: PubSubSink, mut stream: PubSubStream) -> &'static str {
    let mut tick = interval(BEAT);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_heard = Instant::now();
    loop {
        let change = tokio::select! {
            message = stream.next() => match message {
                Some(message) => {
                    last_heard = Instant::now();
                    shared.heard(&message);
                    continue;
                }
                None => return "connection closed",
            },
            () = shared.wanted.notified() => timeout(PATIENCE, subscribe(shared, &mut sink, &shared.topics.take_wanted())).await,
            _ = tick.tick() => {
                if last_heard.elapsed() > SILENCE {
                    return "no sign of life";
                }
                let idle = shared.topics.take_idle(LINGER);
                if idle.is_empty() {
                    continue;
                }
                let channels = idle.iter().map(|topic| shared.channel(*topic)).collect::<Vec<_>>();
                let left = timeout(PATIENCE, sink.unsubscribe(channels)).await;
                // Who joined in between was subscribed already for Redis, and has just been unsubscribed.
                let again = idle.into_iter().filter(|topic| shared.topics.contains(*topic)).collect::<Vec<_>>();
                if again.is_empty() { left } else { timeout(PATIENCE, subscribe(shared, &mut sink, &again)).await }
            }
        };
        match change {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return "subscription refused",
            Err(_) => return "no answer to a subscription",
        }
    }
}
