//! The keys that this process looked up lately, so that not every call needs the database.
//!
//! What is remembered is right but for revocations, which are remembered elsewhere and asked first. Keys that do not exist
//! are remembered too, shortly, and look-ups happen a few at a time: who tries keys keeps few connections busy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use kernel::{Actor, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Error;
use crate::bearer::Hash;
use crate::credential::Scopes;

/// How long a key is believed to work without asking again.
pub(crate) const KEPT: TimeDelta = TimeDelta::seconds(30);
/// How long one is believed not to exist.
const KEPT_UNKNOWN: TimeDelta = TimeDelta::seconds(10);
/// Keys that are remembered, and as many that do not exist.
const MOST: usize = 10_000;
/// Keys looked up at the same time.
const LOOK_UPS: usize = 4;
/// Keys that may wait for it; more are answered UNAVAILABLE.
const QUEUE: usize = 256;

/// A key that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) actor: Actor,
    pub(crate) scopes: Scopes,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct KnownKeys {
    good: Memory<Found>,
    unknown: Memory<()>,
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for KnownKeys {
    fn default() -> Self {
        Self {
            good: Memory::default(),
            unknown: Memory::default(),
            running: Arc::new(Semaphore::new(LOOK_UPS)),
            places: Arc::new(Semaphore::new(LOOK_UPS + QUEUE)),
        }
    }
}

impl KnownKeys {
    /// What is known of a key: `Some(None)` when it does not exist.
    pub(crate) fn get(&self, hash: &Hash, now: Timestamp) -> Option<Option<Found>> {
        let good = self.good.get(hash, now).map(Some);
        good.or_else(|| self.unknown.get(hash, now).map(|()| None))
    }

    /// Remembers what a look-up found.
    pub(crate) fn put(&self, hash: Hash, found: Option<Found>, now: Timestamp) {
        match found {
            Some(found) => self.good.put(hash, found, now, KEPT),
            None => self.unknown.put(hash, (), now, KEPT_UNKNOWN),
        }
    }

    /// Waits for one's turn to look a key up. It is over when both permits are dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait.
    pub(crate) async fn turn(&self) -> Result<(SemaphorePermit<'_>, SemaphorePermit<'_>), Error> {
        let place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        Ok((place, self.running.acquire().await.map_err(kernel::Internal::new)?))
    }
}

/// Values by a key's hash, each for a while.
#[derive(Debug)]
struct Memory<T>(Arc<Mutex<HashMap<Hash, (T, Timestamp)>>>);

impl<T: Copy> Memory<T> {
    fn get(&self, hash: &Hash, now: Timestamp) -> Option<T> {
        self.lock().get(hash).filter(|(_, until)| *until > now).map(|(value, _)| *value)
    }

    fn put(&self, hash: Hash, value: T, now: Timestamp, kept: TimeDelta) {
        let mut values = self.lock();
        if values.len() >= MOST {
            values.retain(|_, (_, until)| *until > now);
        }
        // Everything is looked up again: rather that than a list in the order of use.
        if values.len() >= MOST {
            values.clear();
        }
        values.insert(hash, (value, now.plus(kept)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Hash, (T, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Memory<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Env, Role};

    use super::*;

    fn found() -> Found {
        let env = Env::system();
        let actor = Actor { user: env.id(), session: env.id(), role: Role::User };
        Found { actor, scopes: Scopes { read: true, write: false }, expires_at: None }
    }

    #[test]
    fn what_was_found_is_believed_for_a_while_and_then_asked_again() {
        let (known, now) = (KnownKeys::default(), Env::system().now());
        let (good, bad, found) = ([1; 32], [2; 32], found());
        assert_eq!(known.get(&good, now), None);
        known.put(good, Some(found), now);
        known.put(bad, None, now);
        assert_eq!((known.get(&good, now), known.get(&bad, now)), (Some(Some(found)), Some(None)));
        assert_eq!(known.get(&bad, now.plus(KEPT_UNKNOWN)), None);
        assert!(known.get(&good, now.plus(KEPT_UNKNOWN)).is_some());
        assert_eq!(known.get(&good, now.plus(KEPT)), None);
    }

    #[test]
    fn a_flood_of_unknown_keys_takes_bounded_room_and_drives_out_no_good_one() {
        let (known, now, found) = (KnownKeys::default(), Env::system().now(), found());
        known.put([1; 32], Some(found), now);
        for number in 0..3 * u32::try_from(MOST).unwrap() {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&number.to_le_bytes());
            known.put(hash, None, now);
        }
        assert!(known.unknown.lock().len() <= MOST);
        assert_eq!(known.get(&[1; 32], now), Some(Some(found)));
    }

    #[tokio::test]
    async fn more_look_ups_than_may_wait_are_refused() {
        let known = KnownKeys::default();
        let mut held = Vec::new();
        for _ in 0..LOOK_UPS {
            held.push(known.turn().await.unwrap());
        }
        let _waiting = known.places.acquire_many(u32::try_from(QUEUE).unwrap()).await.unwrap();
        assert!(matches!(known.turn().await, Err(Error::Busy)));
    }
}
