//! The way to Redis: one connection, kept up in the background, and given up at the first call that is not answered in time.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kernel::Internal;
use redis::RedisResult;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::Charge;
use super::gcra::{Step, gcra};
use super::local::Table;
use crate::redis::{Conn, Place, RedisSettings, Script};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);
/// Waiting time before a new try to connect: doubles from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// A connection that was given up sooner does not count as one: where a part of a cluster does not answer, each would be
/// given up by the next call for that part.
const STEADY: Duration = Duration::from_secs(5);

pub(super) struct Link {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    place: Place,
    script: Script,
    patience: Duration,
    line: RwLock<Line>,
    /// The connection was given up.
    lost: Notify,
}

#[derive(Default)]
struct Line {
    conn: Option<Conn>,
    /// Which connection it is: a late failure of an older one says nothing of this one.
    number: u64,
}

impl Link {
    /// Connects in the background, on the present runtime. `meanwhile` counts until then, and is emptied when it need
    /// not any more.
    pub(super) fn start(
        settings: &RedisSettings,
        patience: Duration,
        meanwhile: Arc<Table>,
    ) -> Result<Self, Internal> {
        let shared = Arc::new(Shared {
            place: Place::new(settings)?,
            script: Script::new(include_str!("gcra.lua")),
            patience,
            line: RwLock::default(),
            lost: Notify::new(),
        });
        let task = tokio::spawn(keep_up(Arc::clone(&shared), meanwhile));
        Ok(Self { shared, task })
    }

    pub(super) fn is_up(&self) -> bool {
        self.shared.line.read().unwrap_or_else(PoisonError::into_inner).conn.is_some()
    }

    /// As [`Table::charge`]; `None` when Redis is not there or does not answer in time.
    pub(super) async fn charge(&self, charges: &[Charge], now: i64, cost: i64) -> Option<(Vec<Step>, bool)> {
        let (mut conn, number) = {
            let line = self.shared.line.read().unwrap_or_else(PoisonError::into_inner);
            (line.conn.clone()?, line.number)
        };
        let mut call = self.shared.script.call();
        call.arg(now).arg(cost);
        for Charge { quota, key } in charges {
            call.key(key).arg(quota.rate.interval_us()).arg(quota.rate.capacity_us());
        }
        let answer: RedisResult<Vec<i64>> = match timeout(self.shared.patience, call.on(&mut conn)).await {
            Ok(answer) => answer,
            Err(_) => return self.shared.give_up(number, "no answer in time"),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.shared.give_up(number, &error.to_string()),
        };
        let (allowed, standings) = answer.split_first()?;
        let steps = charges.iter().zip(standings);
        let steps = steps.map(|(charge, full_at)| gcra(charge.quota.rate, *full_at, now, cost));
        Some((steps.collect(), *allowed == 1))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    /// Nobody else shall wait for this connection.
    fn give_up<T>(&self, number: u64, why: &str) -> Option<T> {
        let mut line = self.line.write().unwrap_or_else(PoisonError::into_inner);
        if line.number == number && line.conn.take().is_some() {
            tracing::warn!(why, "rates are counted by each process");
            self.lost.notify_one();
        }
        None
    }

    /// A connection that answers.
    async fn connect(&self) -> RedisResult<Conn> {
        let mut conn = self.place.connect(CONNECT).await?;
        conn.check().await?;
        Ok(conn)
    }
}

async fn keep_up(shared: Arc<Shared>, meanwhile: Arc<Table>) {
    let mut wait = BACKOFF.0;
    loop {
        match timeout(CONNECT, shared.connect()).await {
            Ok(Ok(conn)) => {
                let since = Instant::now();
                {
                    let mut line = shared.line.write().unwrap_or_else(PoisonError::into_inner);
                    *line = Line { conn: Some(conn), number: line.number + 1 };
                }
                meanwhile.clear();
                tracing::info!("rates are counted in Redis");
                shared.lost.notified().await;
                if since.elapsed() > STEADY {
                    wait = BACKOFF.0;
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "Redis not reachable for rates"),
            Err(_) => tracing::debug!("Redis not reachable for rates: no answer"),
        }
        sleep(wait).await;
        wait = (wait * 2).min(BACKOFF.1);
    }
}
