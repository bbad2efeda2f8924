//! bcrypt, away from the async threads, with a bounded queue.

use std::sync::Arc;

use kernel::Internal;
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::Error;

/// How passwords are hashed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashSettings {
    /// bcrypt's cost: each step doubles the work. 4 to 31; at 12 one hash takes about a quarter of a second.
    pub cost: u32,
    /// Hashes computed at the same time.
    pub threads: usize,
    /// Hashes waiting beyond those; more are refused as `UNAVAILABLE`.
    pub queue: usize,
}

impl Default for HashSettings {
    fn default() -> Self {
        Self { cost: 12, threads: 2, queue: 256 }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Hasher {
    cost: u32,
    threads: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// Of no password: what an unknown account is compared with, so that it takes as long as a known one.
    decoy: Arc<str>,
}

impl Hasher {
    pub(crate) fn new(settings: HashSettings) -> Result<Self, Internal> {
        Ok(Self {
            cost: settings.cost,
            threads: Arc::new(Semaphore::new(settings.threads)),
            places: Arc::new(Semaphore::new(settings.threads + settings.queue)),
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

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> bcrypt::BcryptResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        let _thread = self.threads.acquire().await.map_err(Internal::new)?;
        let done = tokio::task::spawn_blocking(work).await.map_err(Internal::new)?;
        Ok(done.map_err(Internal::new)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(threads: usize, queue: usize) -> Hasher {
        Hasher::new(HashSettings { cost: 4, threads, queue }).unwrap()
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
        assert!(done >= 3 && busy >= 1, "{done} done, {busy} refused");
    }
}
