//! Everything that can be told of the gateway at one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use backbone::bus::{BusHealth, BusStats};
use backbone::db::{DbError, PoolStats};
use backbone::jobs::{Backlog, Tally};
use identity::PasswordLoad;
use kernel::{Buckets, Distribution, Timestamp};
use messaging::WriterStats;
use tokio::time::timeout;

use super::http::RouteFigures;
use super::traffic::CommandFigures;
use crate::http::State;
use crate::hub::{HubFigures, WorkerFigures};
use crate::services::Services;
use crate::ws::CloseReason;

/// How long the database may take to count jobs. Without an answer their figures are missing, and the others are not.
const PATIENCE: Duration = Duration::from_secs(2);

/// The figures of one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(super) now: Timestamp,
    pub(super) started: Timestamp,
    pub(super) routes: Vec<RouteFigures>,
    pub(super) in_flight: usize,
    pub(super) workers: Vec<WorkerFigures>,
    /// The most bytes that may wait for one socket.
    pub(super) queue_limit: usize,
    pub(super) hub: HubFigures,
    pub(super) retries: [(&'static str, u64); 2],
    pub(super) writers: WriterStats,
    pub(super) pool: PoolStats,
    pub(super) bus: (BusHealth, BusStats),
    pub(super) rates_shared: bool,
    pub(super) refused: BTreeMap<&'static str, u64>,
    /// `None`: the database does not answer.
    pub(super) backlog: Option<Backlog>,
    pub(super) jobs: Vec<(&'static str, Tally)>,
    pub(super) passwords: PasswordLoad,
    pub(super) chores: [(&'static str, i64); 4],
}

impl Snapshot {
    /// Gathers them: asks each worker, and the database for the jobs.
    pub(crate) async fn take(state: &State) -> Self {
        let services = state.services();
        let count = state.run(|s| async move { backlog(&s).await });
        let (workers, backlog) = tokio::join!(state.hub().measure(), timeout(PATIENCE, count));
        let mut jobs = services.jobs.tallies();
        jobs.extend(services.media.conversions().tallies());
        Self {
            now: services.env.now(),
            started: services.figures.started(),
            routes: services.figures.http().read(),
            in_flight: state.in_flight(),
            workers,
            queue_limit: state.settings().ws.queue_bytes,
            hub: state.hub().figures(),
            retries: services.figures.retries().read(),
            writers: services.messaging.writers(),
            pool: services.pool.stats(),
            bus: (services.bus.health(), services.bus.stats()),
            rates_shared: services.limits.is_shared(),
            refused: services.limits.refused(),
            backlog: backlog.ok().and_then(Result::ok),
            jobs,
            passwords: services.identity.password_load(),
            chores: services.figures.chores().read(),
        }
    }

    /// Sums a number of all workers.
    pub(super) fn total(&self, number: impl Fn(&WorkerFigures) -> u64) -> u64 {
        self.workers.iter().map(number).sum()
    }

    /// How long changes of timelines took from their publishing to sockets: those of this process, and of others.
    pub(super) fn lags(&self) -> [Distribution; 2] {
        let mut lags = [Distribution::new(Buckets::TIMES), Distribution::new(Buckets::TIMES)];
        for worker in &self.workers {
            for (all, one) in lags.iter_mut().zip(&worker.traffic.lags) {
                all.add(one);
            }
        }
        lags
    }

    /// Connections that ended, by close code and reason: all that there are, so that a first one is an increase.
    pub(super) fn closed(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        let mut closed = CloseReason::labels().map(|label| (label, 0)).collect::<BTreeMap<_, _>>();
        for (label, count) in self.workers.iter().flat_map(|worker| &worker.traffic.closed) {
            *closed.entry(*label).or_default() += count;
        }
        closed
    }

    /// Commands, by name.
    pub(super) fn commands(&self) -> BTreeMap<&'static str, CommandFigures> {
        let mut commands = BTreeMap::<_, CommandFigures>::new();
        for (name, figures) in self.workers.iter().flat_map(|worker| &worker.traffic.commands) {
            commands.entry(*name).or_default().add(figures);
        }
        commands
    }
}

async fn backlog(services: &Services) -> Result<Backlog, crate::http::ApiError> {
    let mut conn = services.pool.get().await?;
    let counted = services.jobs.backlog(&mut conn).await;
    Ok(counted.map_err(DbError::from)?)
}
