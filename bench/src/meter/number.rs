//! From one kind of number to another, where nothing that is counted here is too large.

/// A count as a number to divide by.
#[expect(clippy::as_conversions, reason = "beyond 2^53 the last digits do not matter")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// A count as an index.
pub(crate) fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// An index or a length as a count.
pub(crate) fn whole(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// `part` of `whole`; 0 of nothing.
pub(crate) fn per(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
