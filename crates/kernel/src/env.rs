//! Time and chance come from here and nowhere else, so that tests can own both.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::TimeDelta;
use uuid::{Builder, Uuid};

use crate::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Microseconds since 1970-01-01T00:00:00Z, as exactly as the clock can tell: for times that two machines compare.
    fn micros(&self) -> i64 {
        self.now().millis().saturating_mul(1_000)
    }
}

/// Makes random bytes, fit for secrets.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills `into` with random bytes.
    fn fill(&self, into: &mut [u8]);
}

/// The clock and the randomness that a service works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Env {
    /// An environment of the given parts.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The machine's clock and its random source.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The present moment in microseconds, as exactly as the clock can tell: see [`Clock::micros`].
    pub fn micros(&self) -> i64 {
        self.clock.micros()
    }

    /// A new id: a UUIDv7 of the present moment.
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.id_at(self.now())
    }

    /// A new id that sorts as if it had been made at `at`: for what is imported with its own times.
    pub fn id_at<T: From<Uuid>>(&self, at: Timestamp) -> T {
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        T::from(Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid())
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A random code of `length` characters from `alphabet`, each equally likely. Empty when `alphabet` is empty or has
    /// over 256 characters.
    pub fn code(&self, alphabet: &[u8], length: usize) -> String {
        let size = alphabet.len();
        if size == 0 || size > 256 {
            return String::new();
        }
        // Bytes at or above the largest multiple of `size` are thrown away: they would favour the first characters.
        let fair = 256 - 256 % size;
        let mut code = String::with_capacity(length);
        while code.len() < length {
            let [byte] = self.bytes::<1>();
            let byte = usize::from(byte);
            if let (true, Some(&letter)) = (byte < fair, alphabet.get(byte % size)) {
                code.push(char::from(letter));
            }
        }
        code
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now().into()
    }

    #[expect(clippy::disallowed_methods, reason = "the other place: what was cut off above")]
    fn micros(&self) -> i64 {
        chrono::Utc::now().timestamp_micros()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.millis()))
    }

    /// Moves the clock by `by`, backwards when negative.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap_or_else(|| SystemClock.now())
    }
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without randomness no secret can be made: better to stop than to guess"
    )]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for randomness")]
    fn fill(&self, into: &mut [u8]) {
        getrandom::fill(into).expect("the operating system has a random source");
    }
}

/// Bytes that look random and are the same for the same seed. Never for secrets: for tests and made-up data.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn fill(&self, into: &mut [u8]) {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in into.chunks_mut(8) {
            let mut z = self.0.fetch_add(GOLDEN, Ordering::SeqCst).wrapping_add(GOLDEN);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            for (to, from) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageId;

    fn env() -> Env {
        let clock = ManualClock::at(Timestamp::from_millis(1_700_000_000_000).unwrap());
        Env::new(Arc::new(clock), Arc::new(SeededEntropy::new(1)))
    }

    #[test]
    fn ids_carry_the_clock_and_sort_by_it() {
        let env = env();
        let early: MessageId = env.id();
        let late: MessageId = env.id_at(env.now().plus(TimeDelta::milliseconds(1)));
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
    }

    #[test]
    fn codes_use_their_whole_alphabet_and_nothing_else() {
        let code = env().code(b"abc", 300);
        assert_eq!(code.len(), 300);
        assert!(code.bytes().all(|b| b"abc".contains(&b)));
        assert!(b"abc".iter().all(|&letter| code.bytes().filter(|&b| b == letter).count() > 60));
        assert_eq!(env().code(b"", 3), "");
    }
}
