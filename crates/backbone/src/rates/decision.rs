//! What is said to those who ask.

use std::time::Duration;

use super::Quota;

/// Whether something may happen, and how its bucket stands. When several buckets were asked, the one that binds: of those
/// that refuse the one that takes longest, else the one with the least left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may happen. Then all buckets were charged, else none was.
    pub allowed: bool,
    /// Which quota speaks.
    pub quota: Quota,
    /// How often more at once.
    pub remaining: u32,
    /// When there will be one more.
    pub next: Duration,
    /// When the bucket will be full again.
    pub reset: Duration,
    /// How long to wait before asking again; zero when it is allowed.
    pub retry_after: Duration,
}

impl Decision {
    /// Of two decisions on one thing, the one that binds.
    pub(super) fn binding(self, other: Self) -> Self {
        let urgency = |one: &Self| (one.retry_after, u32::MAX - one.remaining);
        if urgency(&other) > urgency(&self) { other } else { self }
    }
}
