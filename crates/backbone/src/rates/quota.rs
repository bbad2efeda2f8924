//! What may happen how often.

use std::time::Duration;

use serde::Deserialize;

/// The longest period, seconds: a week.
const PERIOD_MAX_S: u32 = 604_800;
/// The longest time that an empty bucket may take to fill, microseconds: a year. So that every moment that is kept is
/// a whole number that Lua's floating point numbers can hold (below 2^53).
const CAPACITY_MAX_US: i64 = 31_536_000_000_000;

/// How often something may happen: `burst` times at once, and `count` times in `period_s` seconds in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How often in a period.
    pub count: u32,
    /// The period, seconds.
    pub period_s: u32,
    /// How often at once, after a long enough pause.
    pub burst: u32,
}

/// A rate with a name. The name is part of the keys in Redis: two quotas of one name share their buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Its name, for people and for programs.
    pub name: &'static str,
    /// How often.
    pub rate: Rate,
    /// Quotas that are charged in one call have one group: a cluster has their buckets on one node. Without one each bucket
    /// is wherever its key says.
    pub group: Option<&'static str>,
}

impl Quota {
    /// A quota that is charged by itself.
    pub fn new(name: &'static str, rate: Rate) -> Self {
        Self { name, rate, group: None }
    }

    /// A quota that is charged together with others of its group.
    pub fn grouped(group: &'static str, name: &'static str, rate: Rate) -> Self {
        Self { name, rate, group: Some(group) }
    }
}

impl Rate {
    /// What is wrong with it, to complete the sentence "the rate …"; `None` when it can be used.
    pub fn fault(self) -> Option<&'static str> {
        if self.count == 0 || self.period_s == 0 || self.burst == 0 {
            return Some("must have a count, a period_s and a burst of at least 1");
        }
        if self.period_s > PERIOD_MAX_S {
            return Some("must have a period_s of at most 604800, a week");
        }
        (self.capacity_us() > CAPACITY_MAX_US).then_some("must allow its burst again within a year")
    }

    /// From one to the next at the steady pace, microseconds. Rounded up: never more often than said.
    pub(super) fn interval_us(self) -> i64 {
        let (period, count) = (i64::from(self.period_s) * 1_000_000, i64::from(self.count.max(1)));
        (period + count - 1) / count
    }

    /// How long an empty bucket takes to fill, microseconds.
    pub(super) fn capacity_us(self) -> i64 {
        self.interval_us().saturating_mul(i64::from(self.burst))
    }

    /// From one to the next at the steady pace.
    pub fn interval(self) -> Duration {
        micros(self.interval_us())
    }
}

/// A time that is not negative.
pub(super) fn micros(time_us: i64) -> Duration {
    Duration::from_micros(u64::try_from(time_us).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_cannot_be_kept_is_told() {
        let fault = |count, period_s, burst| Rate { count, period_s, burst }.fault();
        assert_eq!(fault(1_000, 3_600, 100), None);
        for (count, period_s, burst) in [(0, 1, 1), (1, 0, 1), (1, 1, 0)] {
            assert!(fault(count, period_s, burst).is_some_and(|words| words.contains("at least 1")));
        }
        assert!(fault(1, PERIOD_MAX_S + 1, 1).is_some_and(|words| words.contains("a week")));
        assert!(fault(1, PERIOD_MAX_S, u32::MAX).is_some_and(|words| words.contains("a year")));
    }

    #[test]
    fn a_pace_that_is_no_whole_number_is_slower_not_faster() {
        assert_eq!(Rate { count: 1_000, period_s: 3_600, burst: 1 }.interval_us(), 3_600_000);
        assert_eq!(Rate { count: 7, period_s: 1, burst: 1 }.interval_us(), 142_858);
    }
}
