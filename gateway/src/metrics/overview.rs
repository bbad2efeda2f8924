//! The figures that administrators look at first, as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::{Distribution, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::Snapshot;

/// How one gateway fares, since it was started unless said otherwise.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Metrics)]
pub(crate) struct Overview {
    /// When these figures were gathered.
    measured_at: Timestamp,
    /// When the gateway was started.
    started_at: Timestamp,
    #[schema(example = "0.1.0")]
    version: &'static str,
    http: HttpView,
    sockets: SocketsView,
    delivery: DeliveryView,
    writers: WritersView,
    database: DatabaseView,
    bus: BusView,
    passwords: PasswordsView,
    /// Jobs of all gateways, each number counted up to 10,000; nothing while the database does not answer.
    jobs: Option<JobsView>,
    /// Calls, messages, logins and codes that were refused because they came too often, by rate.
    #[schema(example = json!({ "requests": 12 }))]
    rate_limited: BTreeMap<&'static str, u64>,
}

/// Requests.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsHttp)]
struct HttpView {
    /// Answered.
    #[schema(example = 120_000)]
    requests: u64,
    /// Answered with a status of 500 and more.
    #[schema(example = 3)]
    failed: u64,
    /// Being answered now.
    #[schema(example = 2)]
    in_flight: usize,
    /// From the request's head to the answer's.
    duration: Percentiles,
}

/// WebSockets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsSockets)]
struct SocketsView {
    /// Sessions now.
    #[schema(example = 1_000)]
    sessions: usize,
    /// Users who have sessions now.
    #[schema(example = 900)]
    users: usize,
    /// Topics that they listen to now, counted once for each session.
    #[schema(example = 5_000)]
    subscriptions: usize,
    /// Connections that became WebSockets.
    #[schema(example = 20_000)]
    opened: u64,
    /// Those of them that were closed because their clients read too slowly.
    #[schema(example = 4)]
    too_slow: u64,
    /// Commands.
    #[schema(example = 70_000)]
    commands: u64,
    #[schema(example = 2_000_000)]
    frames_sent: u64,
    #[schema(example = 900_000_000)]
    bytes_sent: u64,
    #[schema(example = 70_000)]
    frames_received: u64,
    #[schema(example = 9_000_000)]
    bytes_received: u64,
    /// Bytes that wait for all sockets now.
    #[schema(example = 4_096)]
    queued_bytes: usize,
    /// The most bytes that wait for one socket now.
    #[schema(example = 2_048)]
    deepest_queue_bytes: usize,
    /// Events that are kept back now.
    #[schema(example = 0)]
    held_events: usize,
}

/// From the commit of a message, or of a change of one, to sockets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsDelivery)]
struct DeliveryView {
    /// Of what this gateway committed.
    here: Percentiles,
    /// Of what other gateways committed; as exactly as the machines' clocks agree.
    elsewhere: Percentiles,
    /// Events that were missing.
    #[schema(example = 2)]
    gaps: u64,
    /// Those that came, or were read from the log.
    #[schema(example = 2)]
    gaps_filled: u64,
}

/// Changes of messages on their way to the database.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsWriters)]
struct WritersView {
    /// Waiting now.
    #[schema(example = 0)]
    waiting: usize,
    /// Refused because a queue was full.
    #[schema(example = 0)]
    refused: u64,
    /// Committed together.
    #[schema(example = 30_000)]
    batches: u64,
    /// Committed.
    #[schema(example = 90_000)]
    changes: u64,
    /// From the wait for a connection to the end of the commit.
    duration: Percentiles,
}

/// PostgreSQL.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsDatabase)]
struct DatabaseView {
    /// Connections that somebody has now.
    #[schema(example = 3)]
    in_use: usize,
    /// Connections that nobody has now.
    #[schema(example = 13)]
    idle: usize,
    /// Connections that this gateway may open.
    #[schema(example = 16)]
    limit: usize,
    /// Callers who wait for one now.
    #[schema(example = 0)]
    waiting: usize,
    /// Callers who got none.
    #[schema(example = 0)]
    failed: u64,
    /// How long callers waited for a connection.
    wait: Percentiles,
}

/// Redis, as far as events go through it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsBus)]
struct BusView {
    /// Whether they do now.
    up: bool,
    /// From publishing to hearing it again, milliseconds; nothing while that is not known.
    #[schema(example = 0.3)]
    latency_ms: Option<f64>,
    /// Events that this gateway published.
    #[schema(example = 100_000)]
    published: u64,
    /// Those of them that did not go to Redis.
    #[schema(example = 0)]
    dropped: u64,
    /// Events that came from other gateways.
    #[schema(example = 50_000)]
    received: u64,
}

/// Passwords of logins and registrations.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsPasswords)]
struct PasswordsView {
    /// Being hashed now.
    #[schema(example = 1)]
    running: usize,
    /// Waiting now.
    #[schema(example = 0)]
    waiting: usize,
    /// Refused because too many waited.
    #[schema(example = 0)]
    refused: u64,
}

/// What is done after a commit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetricsJobs)]
struct JobsView {
    /// It is time for them, and nobody has begun them.
    #[schema(example = 0)]
    due: i64,
    /// Their time has not come, or they are being done.
    #[schema(example = 7)]
    later: i64,
    /// Given up.
    #[schema(example = 0)]
    failed: i64,
}

/// How times are spread, milliseconds: so many of a hundred took no longer. The numbers are bounds of buckets, each twice
/// (of requests four times) the one before; nothing where there is none, or it took longer than the last of them.
#[derive(Serialize, ToSchema)]
#[schema(as = MetricsPercentiles)]
struct Percentiles {
    /// How many times were taken.
    #[schema(example = 120_000)]
    count: u64,
    #[schema(example = 2.048)]
    p50: Option<f64>,
    #[schema(example = 8.192)]
    p95: Option<f64>,
    #[schema(example = 32.768)]
    p99: Option<f64>,
}

impl From<&Distribution> for Percentiles {
    fn from(times: &Distribution) -> Self {
        let of = |percent| times.percentile(percent).map(|micros| millis(Duration::from_micros(micros)));
        Self { count: times.count(), p50: of(50), p95: of(95), p99: of(99) }
    }
}

impl From<&Snapshot> for Overview {
    fn from(all: &Snapshot) -> Self {
        Self {
            measured_at: all.now,
            started_at: all.started,
            version: env!("CARGO_PKG_VERSION"),
            http: http(all),
            sockets: sockets(all),
            delivery: delivery(all),
            writers: writers(all),
            database: database(all),
            bus: bus(all),
            passwords: PasswordsView {
                running: all.passwords.running,
                waiting: all.passwords.waiting,
                refused: all.passwords.refused,
            },
            jobs: all.backlog.map(|jobs| JobsView { due: jobs.due, later: jobs.later, failed: jobs.failed }),
            rate_limited: all.refused.clone(),
        }
    }
}

fn http(all: &Snapshot) -> HttpView {
    let answers = || all.routes.iter().flat_map(|route| route.answers);
    let mut times = None::<Distribution>;
    for route in &all.routes {
        match &mut times {
            Some(times) => times.add(&route.times),
            None => times = Some(route.times.clone()),
        }
    }
    let none = Percentiles { count: 0, p50: None, p95: None, p99: None };
    HttpView {
        requests: answers().map(|(_, count)| count).sum(),
        failed: answers().filter(|(class, _)| *class == "5xx").map(|(_, count)| count).sum(),
        in_flight: all.in_flight,
        duration: times.as_ref().map_or(none, Percentiles::from),
    }
}

fn sockets(all: &Snapshot) -> SocketsView {
    let commands = all.commands();
    let commands = commands.values().map(|c| c.done + c.refused + c.failed + c.rate_limited);
    SocketsView {
        sessions: all.workers.iter().map(|worker| worker.sessions).sum(),
        users: all.hub.users,
        subscriptions: all.workers.iter().map(|worker| worker.subscriptions).sum(),
        opened: all.total(|worker| worker.traffic.opened),
        too_slow: all.closed().iter().filter(|((_, why), _)| *why == "too_slow").map(|(_, n)| n).sum(),
        commands: commands.sum(),
        frames_sent: all.total(|worker| worker.traffic.frames_sent),
        bytes_sent: all.total(|worker| worker.traffic.bytes_sent),
        frames_received: all.total(|worker| worker.traffic.frames_received),
        bytes_received: all.total(|worker| worker.traffic.bytes_received),
        queued_bytes: all.workers.iter().map(|worker| worker.queued.0).sum(),
        deepest_queue_bytes: all.workers.iter().map(|worker| worker.deepest).max().unwrap_or(0),
        held_events: all.hub.held + all.workers.iter().map(|worker| worker.held).sum::<usize>(),
    }
}

fn delivery(all: &Snapshot) -> DeliveryView {
    let [here, elsewhere] = all.lags();
    DeliveryView {
        here: Percentiles::from(&here),
        elsewhere: Percentiles::from(&elsewhere),
        gaps: all.hub.gaps_by_order + all.hub.gaps_by_heads,
        gaps_filled: all.hub.filled_late + all.hub.filled_by_log,
    }
}

fn writers(all: &Snapshot) -> WritersView {
    let writers = &all.writers;
    WritersView {
        waiting: writers.waiting,
        refused: writers.busy,
        batches: writers.batches.count(),
        changes: writers.batches.sum(),
        duration: Percentiles::from(&writers.commits),
    }
}

fn database(all: &Snapshot) -> DatabaseView {
    let pool = &all.pool;
    DatabaseView {
        in_use: pool.in_use,
        idle: pool.idle,
        limit: pool.max,
        waiting: pool.waiting,
        failed: pool.failures,
        wait: Percentiles::from(&pool.waits),
    }
}

fn bus(all: &Snapshot) -> BusView {
    let (health, stats) = &all.bus;
    BusView {
        up: health.up,
        latency_ms: health.latency.map(millis),
        published: stats.published,
        dropped: stats.dropped,
        received: stats.received,
    }
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
