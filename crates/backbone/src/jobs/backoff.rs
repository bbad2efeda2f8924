//! How long to wait before the next try.

use chrono::TimeDelta;

/// Before the second try. Doubles with every further one.
const FIRST_MS: i64 = 5_000;
/// At most.
const LAST_MS: i64 = 3_600_000;

/// The pause after the try number `tried` (from 1) failed: between half and the whole of what the doubling says, as
/// `chance` decides, so that what failed together does not come back together.
pub(super) fn pause(tried: i32, chance: u16) -> TimeDelta {
    let doublings = u32::try_from(tried.saturating_sub(1)).unwrap_or(0);
    let whole = 2_i64.checked_pow(doublings).map_or(LAST_MS, |times| FIRST_MS.saturating_mul(times));
    let half = whole.min(LAST_MS) / 2;
    TimeDelta::milliseconds(half + half * i64::from(chance) / i64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_an_hour_and_are_scattered() {
        let bounds = |tried| (pause(tried, 0).num_milliseconds(), pause(tried, u16::MAX).num_milliseconds());
        assert_eq!(bounds(1), (2_500, 5_000));
        assert_eq!(bounds(2), (5_000, 10_000));
        assert_eq!(bounds(10), (1_280_000, 2_560_000));
        assert_eq!(bounds(11), (1_800_000, LAST_MS));
        assert_eq!(bounds(i32::MAX), (1_800_000, LAST_MS));
        assert_eq!(bounds(i32::MIN), bounds(1));
        assert!(pause(1, 30_000) > pause(1, 20_000));
    }
}
