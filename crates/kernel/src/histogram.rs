//! How values are spread: for figures about the running product, which cost next to nothing to keep.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Buckets whose upper bounds are powers of two, so that the right one is found without a search. A value belongs to the
/// first bucket whose bound it does not exceed; there is one more for what is beyond the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buckets {
    first: u32,
    step: u32,
    count: u32,
}

impl Buckets {
    /// Times in microseconds, from 64 µs to 8.4 s.
    pub const TIMES: Self = Self::new(6, 1, 18);

    /// `count` buckets, the first up to `2^first`, each up to `2^step` times the one before. The last must be below `2^64`.
    pub const fn new(first: u32, step: u32, count: u32) -> Self {
        Self { first, step: if step == 0 { 1 } else { step }, count }
    }

    /// The upper bounds, without that of the last bucket, which has none.
    pub fn bounds(self) -> impl Iterator<Item = u64> {
        (0..self.count)
            .map(move |number| 1_u64.checked_shl(self.first + number * self.step).unwrap_or(u64::MAX))
    }

    fn index(self, value: u64) -> usize {
        // The exponent of the least power of two that is not less than the value.
        let exponent = u64::BITS - value.saturating_sub(1).leading_zeros();
        let number = exponent.saturating_sub(self.first).div_ceil(self.step).min(self.count);
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    fn len(self) -> usize {
        usize::try_from(self.count).unwrap_or(0) + 1
    }
}

/// How values of one thread, or values that were counted, are spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    buckets: Buckets,
    counts: Box<[u64]>,
    sum: u64,
}

impl Distribution {
    /// No values yet.
    pub fn new(buckets: Buckets) -> Self {
        Self { buckets, counts: vec![0; buckets.len()].into(), sum: 0 }
    }

    /// One more value.
    pub fn observe(&mut self, value: u64) {
        if let Some(count) = self.counts.get_mut(self.buckets.index(value)) {
            *count += 1;
        }
        self.sum = self.sum.wrapping_add(value);
    }

    /// The values of another one with the same buckets as well.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum = self.sum.wrapping_add(other.sum);
    }

    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// What they add up to.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// How many values each bucket has, with its upper bound; `None`: there is none.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = self.buckets.bounds().map(Some).chain([None]);
        bounds.zip(self.counts.iter().copied())
    }

    /// The upper bound of the bucket up to which at least `percent` of the values are. `None` without values, or when that
    /// is the bucket without a bound.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (self.count() * percent.min(100)).div_ceil(100).max(1);
        let mut met = 0;
        self.buckets().find_map(|(bound, count)| {
            met += count;
            (met >= wanted).then_some(bound)
        })?
    }
}

/// How values of many threads are spread. No lock, no allocation: two additions.
#[derive(Debug)]
pub struct Histogram {
    buckets: Buckets,
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// No values yet.
    pub fn new(buckets: Buckets) -> Self {
        let counts = (0..buckets.len()).map(|_| AtomicU64::new(0));
        Self { buckets, counts: counts.collect(), sum: AtomicU64::new(0) }
    }

    /// One more value.
    pub fn observe(&self, value: u64) {
        if let Some(count) = self.counts.get(self.buckets.index(value)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// One more time, in microseconds.
    pub fn observe_time(&self, time: Duration) {
        self.observe(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// What was counted so far. A value that arrives at this moment may be in the counts and not yet in the sum.
    pub fn read(&self) -> Distribution {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        Distribution { buckets: self.buckets, counts, sum: self.sum.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_is_a_bound_belongs_below_it() {
        let buckets = Buckets::new(1, 2, 3);
        assert_eq!(buckets.bounds().collect::<Vec<_>>(), [2, 8, 32]);
        let of = |value| buckets.index(value);
        assert_eq!([0, 1, 2, 3, 8, 9, 32, 33, u64::MAX].map(of), [0, 0, 0, 1, 1, 2, 2, 3, 3]);
        assert_eq!(Buckets::TIMES.bounds().last(), Some(8_388_608));
    }

    #[test]
    fn percentiles_are_bounds() {
        let mut times = Distribution::new(Buckets::new(0, 1, 5));
        assert_eq!(times.percentile(50), None);
        for value in [1, 1, 1, 4, 1_000] {
            times.observe(value);
        }
        assert_eq!(
            [0, 50, 60, 61, 80, 81].map(|p| times.percentile(p)),
            [Some(1), Some(1), Some(1), Some(4), Some(4), None]
        );
        assert_eq!((times.count(), times.sum()), (5, 1_007));
    }

    proptest! {
        /// However buckets are made and whatever is observed: each value is counted once, below a bound that is not less
        /// and above all that are less; one thread counts as many do.
        #[test]
        fn each_value_is_counted_in_its_bucket(
            (first, step, count) in (0_u32..20, 0_u32..4, 0_u32..12),
            values in prop::collection::vec(any::<u64>().prop_flat_map(|top| 0..=top), 0..50),
        ) {
            let buckets = Buckets::new(first, step, count);
            let (shared, mut own) = (Histogram::new(buckets), Distribution::new(buckets));
            for value in &values {
                shared.observe(*value);
                own.observe(*value);
            }
            prop_assert_eq!(&shared.read(), &own);
            let mut seen = 0;
            for (bound, count) in own.buckets() {
                let below = values.iter().filter(|value| bound.is_none_or(|bound| **value <= bound)).count();
                seen += count;
                prop_assert_eq!(seen, u64::try_from(below).unwrap(), "{:?}", bound);
            }
            prop_assert_eq!(own.count(), u64::try_from(values.len()).unwrap());
        }
    }
}
