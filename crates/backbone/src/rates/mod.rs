//! How often things may happen: token buckets in Redis, exact across all processes that share it.
//!
//! When Redis is down or slow each process counts for itself, with the same arithmetic, until it is back. A call never
//! waits longer than the time that [`Rates::start`] was given, and only the first calls of an outage wait at all.
//!
//! The time is [`Env`]'s, so processes that share Redis need clocks that agree: what they differ by is given or taken at
//! the rate's steady pace.

mod decision;
mod gcra;
mod link;
mod local;
mod quota;

use std::sync::Arc;
use std::time::Duration;

use kernel::{Env, Internal};

pub use decision::Decision;
pub use quota::{Quota, Rate};

use crate::redis::{RedisMode, RedisSettings};
use link::Link;
use local::Table;

/// Counts what happens. Cheap to clone.
#[derive(Clone)]
pub struct Rates(Arc<Inner>);

struct Inner {
    env: Env,
    prefix: String,
    /// Redis is a cluster.
    spread: bool,
    link: Option<Link>,
    table: Arc<Table>,
}

/// A bucket to be charged.
#[derive(Clone, Debug)]
struct Charge {
    quota: Quota,
    /// As in Redis.
    key: String,
}

impl Rates {
    /// Counts in Redis. Connects in the background, on the present runtime, and keeps trying. A call that Redis does not
    /// answer within `patience` is decided by this process.
    ///
    /// # Errors
    /// A URL is malformed, or the file of the private authority cannot be read.
    pub fn start(settings: &RedisSettings, patience: Duration, env: &Env) -> Result<Self, Internal> {
        let table = Arc::<Table>::default();
        let link = Link::start(settings, patience, Arc::clone(&table))?;
        let prefix = format!("{}rate:", settings.prefix);
        let spread = settings.mode == RedisMode::Cluster;
        Ok(Self(Arc::new(Inner { env: env.clone(), prefix, spread, link: Some(link), table })))
    }

    /// Counts in this process only: for programs of one process, and for tests.
    pub fn local(env: &Env) -> Self {
        let (env, table) = (env.clone(), Arc::default());
        Self(Arc::new(Inner { env, prefix: String::new(), spread: false, link: None, table }))
    }

    /// Whether all processes count together at present.
    pub fn is_shared(&self) -> bool {
        self.0.link.as_ref().is_some_and(Link::is_up)
    }

    /// Something wants to happen that costs `cost` (at most the smallest burst) in each of these buckets. All of them are
    /// charged, or none when one refuses. A bucket is a quota and whom it is counted for: an id, an address, the hash of
    /// something secret. `None` when no bucket was given.
    pub async fn take(&self, buckets: &[(Quota, &str)], cost: u32) -> Option<Decision> {
        self.charge(buckets, i64::from(cost)).await
    }

    /// Gives back what was taken, for what turned out not to count: a reservation that was not used up. A bucket gets no
    /// fuller than full. Until then it counted; so of things that count only when they fail, no more fail than the quota
    /// says and the pace adds while the longest of them lasts.
    pub async fn give_back(&self, buckets: &[(Quota, &str)], cost: u32) {
        self.charge(buckets, -i64::from(cost)).await;
    }

    async fn charge(&self, buckets: &[(Quota, &str)], cost: i64) -> Option<Decision> {
        let now = self.0.env.now().millis().saturating_mul(1_000);
        debug_assert!(of_one_group(buckets), "a cluster may have them on different nodes");
        let charge = |(quota, key): &(Quota, &str)| Charge { quota: *quota, key: self.0.key(quota, key) };
        let charges = buckets.iter().map(charge).collect::<Vec<_>>();
        let shared = match &self.0.link {
            Some(link) if !charges.is_empty() => link.charge(&charges, now, cost).await,
            _ => None,
        };
        let (steps, allowed) = shared.unwrap_or_else(|| self.0.table.charge(&charges, now, cost));
        let decisions = charges.iter().zip(steps);
        let decisions = decisions.map(|(charge, step)| step.decision(charge.quota, now, allowed));
        decisions.reduce(Decision::binding)
    }
}

/// Whether these can be charged in one call.
fn of_one_group(buckets: &[(Quota, &str)]) -> bool {
    let group = |(quota, _): &(Quota, &str)| quota.group;
    buckets
        .windows(2)
        .all(|pair| matches!(pair, [one, two] if group(one).is_some() && group(one) == group(two)))
}

impl Inner {
    /// The key of a bucket. In a cluster what is in braces says on which node it is.
    fn key(&self, quota: &Quota, whom: &str) -> String {
        let Self { prefix, .. } = self;
        match quota.group {
            Some(group) if self.spread => format!("{{{prefix}{group}}}:{}:{whom}", quota.name),
            _ => format!("{prefix}{}:{whom}", quota.name),
        }
    }
}

impl std::fmt::Debug for Rates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rates").field("shared", &self.is_shared()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use kernel::{Clock, ManualClock, SystemClock, SystemEntropy};

    use super::*;

    #[tokio::test]
    async fn what_binds_is_told_and_a_refusal_costs_nothing() {
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let rates = Rates::local(&Env::new(clock.clone(), Arc::new(SystemEntropy)));
        let quota = |name, period_s, burst| Quota::grouped("test", name, Rate { count: 1, period_s, burst });
        let (narrow, wide) = (quota("narrow", 60, 2), quota("wide", 1, 3));
        let both = [(wide, "k"), (narrow, "k")];
        let told = rates.take(&both, 1).await.unwrap();
        assert_eq!((told.allowed, told.quota.name, told.remaining), (true, "narrow", 1));
        rates.take(&both, 1).await.unwrap();
        let told = rates.take(&both, 1).await.unwrap();
        assert_eq!((told.allowed, told.quota.name, told.retry_after.as_secs()), (false, "narrow", 60));
        // The refusal left the other alone.
        assert!(rates.take(&both[..1], 1).await.unwrap().allowed);
        assert!(!rates.take(&both[..1], 1).await.unwrap().allowed);
        // Two things at once, later; and somebody else has buckets of their own.
        clock.advance(TimeDelta::seconds(2));
        assert!(rates.take(&both[..1], 2).await.unwrap().allowed);
        assert!(rates.take(&[(narrow, "other")], 2).await.unwrap().allowed);
        rates.give_back(&[(narrow, "other")], 1).await;
        assert!(rates.take(&[(narrow, "other")], 1).await.unwrap().allowed);
        assert_eq!(rates.take(&[], 1).await, None);
    }
}
