//! How long things took: counted in buckets, so that ten million of them cost nothing.

use std::time::Duration;

use super::number;

/// Values below are counted exactly, others in half as many buckets a power of two: to about 3 %.
const SPLIT: u64 = 64;
/// log2 of [`SPLIT`].
const BITS: u32 = 6;

/// Durations, counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: u64,
}

impl Histogram {
    /// Counts one more.
    pub(crate) fn add(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let place = bucket(micros);
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
        self.total += 1;
        self.longest = self.longest.max(micros);
    }

    /// The duration that this share of them (0.99) does not exceed, milliseconds; the longest when there are few.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let mut left = number::float(self.total) * (1.0 - share);
        for (place, count) in self.counts.iter().enumerate().rev() {
            left -= number::float(*count);
            if left < 0.0 {
                return number::float(upper(place).min(self.longest)) / 1_000.0;
            }
        }
        0.0
    }

    /// The longest, milliseconds.
    pub(crate) fn longest(&self) -> f64 {
        number::float(self.longest) / 1_000.0
    }
}

/// Where a value is counted: each its own place up to [`SPLIT`], coarser and coarser beyond.
fn bucket(micros: u64) -> usize {
    let shift = (u64::BITS - micros.leading_zeros()).saturating_sub(BITS);
    number::index(u64::from(shift) * SPLIT + (micros >> shift))
}

/// The greatest value that is counted there.
fn upper(place: usize) -> u64 {
    let place = number::whole(place);
    let (shift, rest) = (place / SPLIT, place % SPLIT);
    ((rest + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_in_its_bucket() {
        for micros in (0..5_000).chain([65_535, 65_536, 1_000_000, 123_456_789]) {
            let upper = upper(bucket(micros));
            assert!(upper >= micros && upper - micros <= micros / 32, "{micros} became {upper}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_values() {
        let mut histogram = Histogram::default();
        (1..=1_000).for_each(|millis| histogram.add(Duration::from_millis(millis)));
        assert!((histogram.quantile(0.5) / 500.0 - 1.0).abs() < 0.04, "{}", histogram.quantile(0.5));
        assert!((histogram.quantile(0.99) / 990.0 - 1.0).abs() < 0.04, "{}", histogram.quantile(0.99));
        assert!((histogram.quantile(1.0) - 1_000.0).abs() < 0.1);
        assert!((histogram.longest() - 1_000.0).abs() < 0.1);
        assert_eq!((histogram.total, Histogram::default().quantile(0.5)), (1_000, 0.0));
    }
}
