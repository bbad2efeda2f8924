//! How much there is of everything.

use std::sync::Arc;

use chrono::TimeDelta;
use identity::{Admin, UserCounts};
use kernel::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::http::ApiError;
use crate::services::Services;

/// How long what was counted is good enough.
const FRESH: TimeDelta = TimeDelta::minutes(5);
const DAY_MS: i64 = 86_400_000;

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    /// People.
    users: UserCounts,
    /// Servers.
    servers: Total,
    /// Channels of all servers.
    channels: Total,
    /// Messages.
    messages: MessageCounts,
    /// When it was counted: at most 5 minutes ago.
    counted_at: Timestamp,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Total {
    /// All of them.
    #[schema(example = 42)]
    total: i64,
}

/// How many messages there are.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageCounts {
    /// Ever written in the channels that there are, deleted ones too.
    #[schema(example = 100000)]
    total: i64,
    /// Written since midnight, UTC.
    #[schema(example = 1200)]
    today: i64,
    /// Of all of them, for each day since the first account was made.
    #[schema(example = 800)]
    average_per_day: i64,
}

/// What this process counted last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remembered(Arc<Mutex<Option<Stats>>>);

/// How much there is, as of the last five minutes.
pub(crate) async fn stats(services: &Services, admin: &Admin) -> Result<Stats, ApiError> {
    // Held while counting: whoever asks meanwhile waits, and gets the same.
    let mut remembered = services.stats.0.lock().await;
    let now = services.env.now();
    if let Some(stats) = remembered.filter(|stats| stats.counted_at.plus(FRESH) > now) {
        return Ok(stats);
    }
    let stats = count(services, admin, now).await?;
    *remembered = Some(stats);
    Ok(stats)
}

async fn count(services: &Services, admin: &Admin, now: Timestamp) -> Result<Stats, ApiError> {
    let users = services.identity.count_users(admin).await?;
    let (servers, channels) = services.guilds.count().await?;
    let midnight = Timestamp::from_millis(now.millis() - now.millis().rem_euclid(DAY_MS)).unwrap_or(now);
    let (total, today) = services.messaging.count(midnight).await?;
    let days = users.oldest.map_or(1, |oldest| (now.millis() - oldest.millis()) / DAY_MS + 1);
    let messages = MessageCounts { total, today, average_per_day: total / days.max(1) };
    Ok(Stats {
        users,
        servers: Total { total: servers },
        channels: Total { total: channels },
        messages,
        counted_at: now,
    })
}
