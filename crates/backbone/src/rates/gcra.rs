//! The arithmetic: the generic cell rate algorithm (ITU-T I.371, annex A, as a virtual scheduler). Pure.
//!
//! A bucket is one number: the moment at which it will be full again. Each thing that happens moves it by one interval of
//! the steady pace; what would move it further than the burst allows is refused. `gcra.lua` is the same in Redis.

use super::Rate;
use super::decision::Decision;
use super::quota::{Quota, micros};

/// Where a bucket stood and where it would stand. Microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// When it is full again, if nothing happens.
    pub(super) before: i64,
    /// When it is full again, if this happens.
    pub(super) after: i64,
    /// Whether it may happen.
    pub(super) fits: bool,
}

/// What `cost` things at `now` do to a bucket that will be full at `full_at`. A negative cost gives back. A bucket that
/// could not have got where it is (a clock was set back) counts as empty, so nobody is shut out for longer than it takes
/// to fill one.
pub(super) fn gcra(rate: Rate, full_at: i64, now: i64, cost: i64) -> Step {
    let capacity = rate.capacity_us();
    let before = full_at.clamp(now, now.saturating_add(capacity));
    let after = before.saturating_add(cost.saturating_mul(rate.interval_us())).max(now);
    Step { before, after, fits: cost <= 0 || after.saturating_sub(now) <= capacity }
}

impl Step {
    /// What to say of it, when all that was asked for was allowed or refused together.
    pub(super) fn decision(self, quota: Quota, now: i64, allowed: bool) -> Decision {
        let (interval, capacity) = (quota.rate.interval_us().max(1), quota.rate.capacity_us());
        let used = if allowed { self.after } else { self.before }.saturating_sub(now);
        let remaining = capacity.saturating_sub(used) / interval;
        let wait = if self.fits { 0 } else { self.after.saturating_sub(now).saturating_sub(capacity) };
        Decision {
            allowed,
            quota,
            remaining: u32::try_from(remaining).unwrap_or(0),
            next: micros((remaining + 1) * interval + used - capacity),
            reset: micros(used),
            retry_after: micros(wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Now, as a bucket that was never used knows it.
    const START: i64 = 1_790_000_000_000_000;

    #[test]
    fn a_burst_then_the_steady_pace() {
        let quota = Quota::new("test", Rate { count: 60, period_s: 60, burst: 3 });
        let mut full_at = 0;
        let mut take = |now: i64| {
            let step = gcra(quota.rate, full_at, now, 1);
            if step.fits {
                full_at = step.after;
            }
            step.decision(quota, now, step.fits)
        };
        let (second, ms) = (1_000_000, std::time::Duration::from_millis);
        for left in [2, 1, 0] {
            let told = take(START);
            assert_eq!((told.allowed, told.remaining, told.next), (true, left, ms(1_000)));
        }
        let told = take(START + 250_000);
        assert_eq!((told.allowed, told.remaining, told.retry_after), (false, 0, ms(750)));
        assert_eq!((told.next, told.reset), (ms(750), ms(2_750)));
        assert!(!take(START + second - 1).allowed);
        assert!(take(START + second).allowed && !take(START + second).allowed);
        // After a pause it is full again, and no fuller.
        let told = take(START + 3_600 * second);
        assert_eq!((told.allowed, told.remaining, told.reset), (true, 2, ms(1_000)));
    }

    #[test]
    fn what_is_given_back_can_be_used_again_and_no_more_than_that() {
        let rate = Rate { count: 1, period_s: 60, burst: 2 };
        let taken = gcra(rate, gcra(rate, 0, START, 1).after, START, 1).after;
        assert!(!gcra(rate, taken, START, 1).fits);
        let back = gcra(rate, taken, START, -1);
        assert!(back.fits && gcra(rate, back.after, START, 1).fits);
        assert!(!gcra(rate, gcra(rate, back.after, START, 1).after, START, 1).fits);
        assert_eq!(gcra(rate, 0, START, -1).after, START, "a full bucket stays full");
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out_for_longer_than_a_bucket_takes_to_fill() {
        let rate = Rate { count: 1, period_s: 60, burst: 2 };
        let step = gcra(rate, START + i64::MAX / 4, START, 1);
        assert_eq!((step.fits, step.before), (false, START + rate.capacity_us()));
        assert!(gcra(rate, step.before, START + 60_000_000, 1).fits);
    }

    proptest! {
        /// The promise: in any time, never more than the burst and what the steady pace adds.
        #[test]
        fn never_more_than_the_burst_and_the_pace(
            count in 1..500_u32, period_s in 1..4_000_u32, burst in 1..50_u32,
            pauses in prop::collection::vec(0..20_000_000_i64, 1..400),
        ) {
            let rate = Rate { count, period_s, burst };
            let (mut now, mut full_at) = (START, 0);
            let mut let_through = Vec::new();
            for pause in pauses {
                now += pause;
                let step = gcra(rate, full_at, now, 1);
                if step.fits {
                    full_at = step.after;
                    let_through.push(now);
                } else {
                    let wait = step.after - now - rate.capacity_us();
                    prop_assert!(gcra(rate, full_at, now + wait, 1).fits, "who waits as told gets through");
                    prop_assert!(!gcra(rate, full_at, now + wait - 1, 1).fits, "and not before");
                }
            }
            for (number, from) in let_through.iter().enumerate() {
                for (more, upto) in let_through.iter().enumerate().skip(number) {
                    let happened = i64::try_from(more - number + 1).unwrap();
                    let pace = (upto - from) / rate.interval_us();
                    prop_assert!(happened <= i64::from(burst) + pace, "{happened} in {} us", upto - from);
                }
            }
        }

        /// What failed is bounded too when what succeeded was given back, by the burst, the pace and the time that the
        /// longest attempt took.
        #[test]
        fn what_is_given_back_lets_no_more_failures_through(
            burst in 1..10_u32,
            attempts in prop::collection::vec((0..90_000_000_i64, 0..5_000_000_i64, any::<bool>()), 1..200),
        ) {
            let rate = Rate { count: 1, period_s: 30, burst };
            let (mut now, mut full_at, mut failed, mut open) = (START, 0, Vec::new(), Vec::new());
            for (pause, lasts, good) in attempts {
                now += pause;
                let over = open.extract_if(.., |until| *until <= now).count();
                full_at = gcra(rate, full_at, now, -i64::try_from(over).unwrap()).after;
                let step = gcra(rate, full_at, now, 1);
                if step.fits {
                    full_at = step.after;
                    if good { open.push(now + lasts) } else { failed.push(now) }
                }
            }
            for (number, from) in failed.iter().enumerate() {
                for (more, upto) in failed.iter().enumerate().skip(number) {
                    let happened = i64::try_from(more - number + 1).unwrap();
                    // Until the next one here: an attempt that is over is given back when somebody looks.
                    let pace = (upto - from + 5_000_000 + 90_000_000) / rate.interval_us();
                    prop_assert!(happened <= i64::from(burst) + pace);
                }
            }
        }

        #[test]
        fn no_input_breaks_it(count: u32, period_s: u32, burst: u32, full_at: i64, now in 0..START * 2, cost in -9..9_i64) {
            let rate = Rate { count, period_s, burst };
            let quota = Quota::new("test", rate);
            if rate.fault().is_none() {
                let step = gcra(rate, full_at, now, cost);
                let told = step.decision(quota, now, step.fits);
                prop_assert!(told.remaining <= burst && told.reset <= micros(rate.capacity_us()));
                prop_assert!(told.next <= rate.interval());
            }
        }
    }
}
