//! What runs in the background of every gateway.

use std::fmt::Display;
use std::time::Duration;

use backbone::jobs::{Handlers, JobSettings, Workers};
use backbone::settings::Fault;
use serde::Deserialize;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::actions;
use crate::metrics::Chore;
use crate::services::Services;

/// Rows removed in one statement: short enough to disturb nobody.
const SLICE: i64 = 2_000;
/// Files removed in one go: the store is asked for each.
const FILES: i64 = 100;
/// How often to look for bans and time-outs that are over, and for messages of banned people to be deleted. Nothing
/// waits for it but that it is told: what is over is over.
const ORDER: Duration = Duration::from_secs(2);
/// How often it is written down what has reached sessions: at most so late does an author learn of it.
const DELIVERIES: Duration = Duration::from_secs(1);
/// How often it is written down which sessions were used.
const USE: Duration = Duration::from_secs(60);

/// How the background works.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    /// How often to remove what is left of deleted places, of sessions and codes that are over, and of old entries
    /// of the audit log; seconds, 1 to a day. What is over counts no more whether or not it is removed already.
    pub sweep_s: u64,
}

impl WorkerSettings {
    /// The first setting that is no good.
    pub(crate) fn fault(&self) -> Option<Fault> {
        Fault::first([((1..=86_400).contains(&self.sweep_s), "workers.sweep_s", "must be 1 to 86400")])
    }
}

/// Runs until it is aborted. Several gateways may: they take different rows. Each thing goes at its own pace: a sweep that
/// has much to do holds up nothing else.
pub(crate) async fn run(services: Services, settings: WorkerSettings) {
    let sweeps = Duration::from_secs(settings.sweep_s);
    tokio::join!(
        every(sweeps, || noted(&services, Chore::Sweep, sweep(&services))),
        every(ORDER, || noted(&services, Chore::KeepOrder, keep_order(&services))),
        every(DELIVERIES, || noted(&services, Chore::NoteDeliveries, note_deliveries(&services))),
        every(USE, || noted(&services, Chore::NoteUse, note_use(&services))),
        services.messaging.keep_index(),
    );
}

/// For the first time after one period.
async fn every<F: Future<Output = ()>>(period: Duration, work: impl Fn() -> F) {
    let mut tick = interval_at(Instant::now() + period, period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        work().await;
    }
}

/// Notes when it ended.
async fn noted(services: &Services, chore: Chore, work: impl Future<Output = ()>) {
    work.await;
    services.figures.chores().ran(chore, services.env.now());
}

async fn note_use(services: &Services) {
    if let Err(error) = services.identity.note_use().await {
        tracing::warn!(%error, "could not write down which sessions and API keys were used");
    }
}

async fn note_deliveries(services: &Services) {
    loop {
        match services.messaging.flush_delivered().await {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "could not write down what has reached sessions");
                break;
            }
        }
    }
}

async fn keep_order(services: &Services) {
    if let Err(error) = services.moderation.notice_ends().await {
        tracing::warn!(%error, "could not tell which bans and time-outs are over");
    }
    loop {
        match services.moderation.purge_some().await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(%error, "could not delete the messages of somebody who was banned");
                break;
            }
        }
    }
}

async fn sweep(services: &Services) {
    emptied("messages of deleted channels", || services.messaging.sweep(SLICE)).await;
    emptied("scheduled messages that were settled long ago", || services.messaging.sweep_scheduled(SLICE))
        .await;
    emptied("what was found behind links long ago", || services.messaging.sweep_previews(SLICE)).await;
    emptied("old entries of the audit log", || services.identity.sweep_audit_log(SLICE)).await;
    emptied("what was held on deleted accounts", || actions::erasure::resume(services)).await;
    emptied("invite codes that ended", || services.guilds.sweep_invites(SLICE)).await;
    emptied("sessions that are over", || services.identity.sweep_sessions(SLICE)).await;
    emptied("codes and links that nobody used", || services.identity.sweep_proofs(SLICE)).await;
    emptied("codes of providers' logins", || services.identity.sweep_oauth(SLICE)).await;
    emptied("files that nobody has any more", || services.media.sweep(FILES)).await;
    emptied("counts of automod that are over", || services.automod.sweep(SLICE)).await;
    emptied("API keys that are over", || services.identity.sweep_keys(SLICE)).await;
}

/// Removes slice after slice until nothing is left.
async fn emptied<E: Display, F: Future<Output = Result<usize, E>>>(what: &str, slice: impl Fn() -> F) {
    loop {
        match slice().await {
            Ok(0) => break,
            Ok(removed) => tracing::info!(removed, "removed {what}"),
            Err(error) => {
                tracing::warn!(%error, "could not remove {what}");
                break;
            }
        }
    }
}

/// Starts the workers that convert videos and sounds: others than those of all other jobs, which would wait for minutes.
pub(crate) fn conversions(services: &Services, settings: JobSettings, at_once: usize) -> Workers {
    let theirs = services.clone();
    let convert = move |job| {
        let services = theirs.clone();
        async move { actions::recordings::convert(&services, job).await }
    };
    // Without ffmpeg they are left to gateways that have it.
    let handlers = Handlers::new();
    let handlers = if services.media.converts() { handlers.on(convert) } else { handlers };
    let settings = JobSettings { concurrency: at_once, ..settings };
    let queue = services.media.conversions().clone();
    Workers::start(services.pool.clone(), services.env.clone(), queue, handlers, settings)
}

/// Starts the workers that do jobs of every other kind that there is.
pub(crate) fn jobs(services: &Services, settings: JobSettings) -> Workers {
    let theirs = services.clone();
    let handlers = services.identity.handlers(Handlers::new()).on(move |job| {
        let services = theirs.clone();
        async move { actions::scheduled::send(&services, job).await }
    });
    let theirs = services.clone();
    let handlers = handlers.on(move |job| {
        let services = theirs.clone();
        async move { actions::previews::show(&services, job).await }
    });
    let theirs = services.clone();
    let handlers = handlers.on(move |job| {
        let services = theirs.clone();
        async move { actions::calls::tell(&services, job).await }
    });
    Workers::start(services.pool.clone(), services.env.clone(), services.jobs.clone(), handlers, settings)
}
