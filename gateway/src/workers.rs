//! What runs in the background of every gateway.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::services::Services;

/// How often to look for what is left of deleted places.
const SWEEP: Duration = Duration::from_secs(30);
/// Messages removed in one statement: short enough to disturb nobody.
const SLICE: i64 = 2_000;

/// Runs until it is aborted. Several gateways may: they take different rows.
pub(crate) async fn run(services: Services) {
    let mut tick = interval(SWEEP);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        loop {
            match services.messaging.sweep(SLICE).await {
                Ok(0) => break,
                Ok(removed) => tracing::info!(removed, "removed messages of deleted channels"),
                Err(error) => {
                    tracing::warn!(%error, "could not remove messages of deleted channels");
                    break;
                }
            }
        }
    }
}
