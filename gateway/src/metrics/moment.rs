//! Moments that are short enough to be carried by every frame that waits.

use std::num::NonZeroU64;
use std::sync::LazyLock;

use kernel::Published;
use tokio::time::Instant;

/// Where moments are counted from. It says nothing: only differences count.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// When an event was published, in microseconds of this process's steady clock, and whether elsewhere. Eight bytes, also
/// of an `Option`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(NonZeroU64);

impl Moment {
    /// The present one, microseconds.
    pub(super) fn now() -> u64 {
        micros(Instant::now())
    }

    /// The number, microseconds.
    pub(super) fn micros(self) -> u64 {
        (self.0.get() >> 1).saturating_sub(1)
    }

    /// Whether another process published it.
    pub(super) fn is_elsewhere(self) -> bool {
        self.0.get() & 1 == 1
    }
}

fn micros(at: Instant) -> u64 {
    u64::try_from(at.saturating_duration_since(*BEGINNING).as_micros()).unwrap_or(0)
}

impl From<Published> for Moment {
    fn from(Published { at, elsewhere }: Published) -> Self {
        // One more than the number, so that it is not zero.
        let number = (micros(at.into()) + 1) << 1;
        Self(NonZeroU64::new(number | u64::from(elsewhere)).unwrap_or(NonZeroU64::MIN))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_keeps_its_time_and_where_it_comes_from() {
        let at = *BEGINNING + Duration::from_micros(1_234_567);
        for elsewhere in [false, true] {
            let moment = Moment::from(Published { at: at.into(), elsewhere });
            assert_eq!((moment.micros(), moment.is_elsewhere()), (1_234_567, elsewhere));
            let first = Moment::from(Published { at: (*BEGINNING).into(), elsewhere });
            assert_eq!((first.micros(), first.is_elsewhere()), (0, elsewhere));
        }
        assert_eq!(size_of::<Option<Moment>>(), 8);
    }
}
