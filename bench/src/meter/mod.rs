//! What was used while something happened.

mod histogram;
pub(crate) mod number;
pub(crate) mod process;

use std::time::{Duration, Instant};

pub(crate) use histogram::Histogram;
use process::Pid;
use serde::Serialize;

/// The processes that serve, by what they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers {
    /// The gateways, or the peer.
    pub(crate) gateways: Vec<Pid>,
    /// PostgreSQL.
    pub(crate) postgres: Pid,
    /// Redis.
    pub(crate) redis: Pid,
}

/// Readings at one moment.
#[derive(Clone, Copy, Debug)]
struct Readings {
    at: Instant,
    gateways: Duration,
    postgres: Duration,
    redis: Duration,
    own: Duration,
    machine: Duration,
}

/// A measurement that has begun.
#[derive(Debug)]
pub(crate) struct Meter {
    servers: Servers,
    start: Readings,
}

/// CPU seconds used in a measurement.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Usage {
    /// How long it took.
    pub(crate) seconds: f64,
    /// The gateways.
    pub(crate) gateway: f64,
    /// PostgreSQL.
    pub(crate) postgres: f64,
    /// Redis.
    pub(crate) redis: f64,
    /// The generator: beyond 0.9 of a core it is itself the bottleneck, and rates are lower bounds.
    pub(crate) generator_cores: f64,
    /// What the machine did beside all of these, in cores: interrupts, and whatever else runs on it.
    pub(crate) other_cores: f64,
}

impl Readings {
    fn take(servers: &Servers) -> Self {
        Self {
            at: Instant::now(),
            gateways: process::cpu(&servers.gateways),
            postgres: process::cpu(&[servers.postgres]),
            redis: process::cpu(&[servers.redis]),
            own: process::own(),
            machine: process::machine(),
        }
    }
}

impl Meter {
    /// Begins.
    pub(crate) fn start(servers: &Servers) -> Self {
        Self { servers: servers.clone(), start: Readings::take(servers) }
    }

    /// Ends.
    pub(crate) fn stop(&self) -> Usage {
        let (start, end) = (self.start, Readings::take(&self.servers));
        let elapsed = end.at.duration_since(start.at);
        let used = |of: fn(&Readings) -> Duration| of(&end).saturating_sub(of(&start));
        let [gateway, postgres, redis] =
            [used(|r| r.gateways), used(|r| r.postgres), used(|r| r.redis)].map(|cpu| cpu.as_secs_f64());
        let ours = used(|r| r.gateways) + used(|r| r.postgres) + used(|r| r.redis) + used(|r| r.own);
        Usage {
            seconds: elapsed.as_secs_f64(),
            gateway,
            postgres,
            redis,
            generator_cores: process::cores(used(|r| r.own), elapsed),
            other_cores: process::cores(used(|r| r.machine).saturating_sub(ours), elapsed),
        }
    }
}

impl Usage {
    /// Whether the generator may have been what limited the rate.
    pub(crate) fn generator_was_the_limit(&self) -> bool {
        self.generator_cores > 0.9
    }
}
