//! How fast a session may send commands. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// Over the limit for this long, a session is closed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A token bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    seen: Instant,
    /// Since when nothing has been let through.
    over_since: Option<Instant>,
}

/// What a bucket says to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Go on.
    Good,
    /// Refuse it.
    Over,
    /// Refuse it and close the session.
    OverForLong,
}

impl Bucket {
    /// Lets `per_minute` commands through, `burst` at once.
    pub(crate) fn new(per_minute: u32, burst: u32, now: Instant) -> Self {
        let burst = f64::from(burst);
        Self { per_second: f64::from(per_minute) / 60.0, burst, tokens: burst, seen: now, over_since: None }
    }

    /// One more command at `now`.
    pub(crate) fn take(&mut self, now: Instant) -> Pace {
        let elapsed = now.saturating_duration_since(self.seen).as_secs_f64();
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst);
        self.seen = now;
        // Below half of the burst again: the client keeps sending as fast as before.
        if self.tokens >= self.burst / 2.0 {
            self.over_since = None;
        }
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Pace::Good;
        }
        let since = *self.over_since.get_or_insert(now);
        if now.saturating_duration_since(since) > PATIENCE { Pace::OverForLong } else { Pace::Over }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_a_steady_pace_then_the_end() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut bucket = Bucket::new(120, 60, start);
        assert!((0..60).all(|_| bucket.take(at(0)) == Pace::Good));
        assert_eq!(bucket.take(at(0)), Pace::Over);
        assert_eq!(bucket.take(at(500)), Pace::Good);
        assert_eq!(bucket.take(at(600)), Pace::Over);
        // Hammering on: some get through, and after ten seconds of it the session ends.
        let paces = (0..1_100).map(|n| bucket.take(at(600 + n * 10))).collect::<Vec<_>>();
        assert!(paces.contains(&Pace::Good) && paces.contains(&Pace::OverForLong));
        // A pause makes everything good again.
        assert_eq!(bucket.take(at(120_000)), Pace::Good);
        assert!((0..59).all(|_| bucket.take(at(120_000)) == Pace::Good));
        assert_eq!(bucket.take(at(120_000)), Pace::Over);
    }
}
