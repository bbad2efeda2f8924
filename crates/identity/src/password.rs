//! bcrypt, away from the async threads, with a bounded queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::Internal;
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::Error;
use crate::password_rules::PasswordRules;

/// What passwords must have, and how they are hashed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSettings {
    /// bcrypt's cost: each step doubles the work. 4 to 31; at 12 one hash takes about a quarter of a second.
    pub cost: u32,
    /// Hashes computed at the same time.
    pub threads: usize,
    /// Hashes waiting beyond those; more are refused as `UNAVAILABLE`.
    pub queue: usize,
    /// Whether a new password must have an upper-case letter.
    pub require_upper: bool,
    /// Whether a new password must have a lower-case letter.
    pub require_lower: bool,
    /// Whether a new password must have a digit.
    pub require_digit: bool,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self {
            cost: 12,
            threads: 2,
            queue: 256,
            require_upper: false,
            require_lower: false,
            require_digit: false,
        }
    }
}

impl PasswordSettings {
    pub(crate) fn rules(&self) -> PasswordRules {
        let Self { require_upper: upper, require_lower: lower, require_digit: digit, .. } = *self;
        PasswordRules { upper, lower, digit }
    }
}

/// How much the hashing of passwords has to do in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordLoad {
    /// Passwords that are being hashed.
    pub running: usize,
    /// Passwords that wait for a thread.
    pub waiting: usize,
    /// How many may wait.
    pub room: usize,
    /// How many were refused because too many waited, since the process began.
    pub refused: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Hasher {
    cost: u32,
    threads: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// How many permits the two have.
    most: (usize, usize),
    refused: Arc<AtomicU64>,
    /// Of no password: what an unknown account is compared with, so that it takes as long as a known one.
    decoy: Arc<str>,
}

impl Hasher {
    pub(crate) fn new(settings: PasswordSettings) -> Result<Self, Internal> {
        Ok(Self {
            cost: settings.cost,
            threads: Arc::new(Semaphore::new(settings.threads)),
            places: Arc::new(Semaphore::new(settings.threads + settings.queue)),
            most: (settings.threads, settings.threads + settings.queue),
            refused: Arc::default(),
            decoy: bcrypt::hash("no account has this", settings.cost).map_err(Internal::new)?.into(),
        })
    }

    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        let cost = self.cost;
        self.run(move || bcrypt::hash(password, cost)).await
    }

    /// Whether `password` belongs to `hash`. Without a hash: no, after the time that it takes.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.to_string());
        // bcrypt reads 72 bytes: what is longer was never set by us.
        let whole = password.len() <= 72;
        Ok(self.run(move || bcrypt::verify(password, &hash)).await? && known && whole)
    }

    /// How much it has to do.
    pub(crate) fn load(&self) -> PasswordLoad {
        let (threads, places) = self.most;
        let running = threads.saturating_sub(self.threads.available_permits());
        let taken = places.saturating_sub(self.places.available_permits());
        PasswordLoad {
            running,
            waiting: taken.saturating_sub(running),
            room: places.saturating_sub(threads),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    /// Whether `hash` was made with less work than is asked for now.
    pub(crate) fn is_weak(&self, hash: &str) -> bool {
        hash.parse::<bcrypt::HashParts>().is_ok_and(|parts| parts.get_cost() < self.cost)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> bcrypt::BcryptResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.places.try_acquire().map_err(|_| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Error::Busy
        })?;
        let _thread = self.threads.acquire().await.map_err(Internal::new)?;
        let done = tokio::task::spawn_blocking(work).await.map_err(Internal::new)?;
        Ok(done.map_err(Internal::new)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(threads: usize, queue: usize) -> Hasher {
        Hasher::new(PasswordSettings { cost: 4, threads, queue, ..PasswordSettings::default() }).unwrap()
    }

    #[tokio::test]
    async fn right_wrong_and_missing() {
        let hasher = hasher(1, 8);
        let hash = hasher.hash("secret".into()).await.unwrap();
        assert!(hasher.verify("secret".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("secre".into(), Some(hash)).await.unwrap());
        assert!(!hasher.verify("no account has this".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_lower_cost_is_weak() {
        let hasher = hasher(1, 8);
        assert!(!hasher.is_weak(&hasher.hash("secret".into()).await.unwrap()));
        assert!(!hasher.is_weak(&bcrypt::hash("secret", 5).unwrap()));
        let stronger = Hasher { cost: 5, ..hasher.clone() };
        assert!(stronger.is_weak(&hasher.hash("secret".into()).await.unwrap()));
        assert!(!stronger.is_weak("what is no hash"));
    }

    #[tokio::test]
    async fn beyond_the_queue_is_refused() {
        let hasher = hasher(1, 2);
        let all = (0..12)
            .map(|_| {
                tokio::spawn({
                    let hasher = hasher.clone();
                    async move { hasher.hash("secret".into()).await }
                })
            })
            .collect::<Vec<_>>();
        let (mut done, mut busy) = (0, 0);
        for one in all {
            match one.await.unwrap() {
                Ok(_) => done += 1,
                Err(Error::Busy) => busy += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(done + busy, 12);
        let load = hasher.load();
        assert_eq!((load.running, load.waiting, load.room, load.refused), (0, 0, 2, busy));
        assert!(done >= 3 && busy >= 1, "{done} done, {busy} refused");
    }
}
