//! The use cases of files.

mod check;
mod convert;
mod download;
mod link;
mod personal;
mod presign;
mod record;
mod remove;
mod square;
mod sweep;
mod upload;

use std::sync::Arc;

use backbone::db::Pool;
use backbone::jobs::Queue;
use futures_util::StreamExt;
use futures_util::stream;
use kernel::{Env, Internal};
use tokio::sync::Semaphore;

use crate::Error;
use crate::convert::Converter;
use crate::link::Signer;
use crate::picture::Processor;
use crate::scan::Scanner;
use crate::settings::MediaSettings;
use crate::spool::Received;
use crate::storage::{self, Key, Storage};

pub use check::{Checked, Finding};
pub use convert::{Convert, Told};
pub use download::{Download, PictureSize, Wanted};
pub use link::Link;
pub use presign::{Announced, Presigned};
pub use record::Recording;

/// Objects that are stored or removed at the same time, of one upload or sweep.
const AT_ONCE: usize = 4;

/// Files, and the bytes of them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    pool: Pool,
    env: Env,
    settings: Arc<MediaSettings>,
    storage: Arc<dyn Storage>,
    processor: Processor,
    converter: Converter,
    scanner: Option<Scanner>,
    /// Of what is to be converted.
    jobs: Queue,
    signer: Signer,
    /// Places for uploads.
    receiving: Arc<Semaphore>,
}

impl Media {
    /// The service over `pool` and the store that the settings name; addresses are signed by `signer`. Asks nothing of the
    /// store yet.
    ///
    /// # Errors
    /// The store's client could not be made.
    pub fn new(pool: Pool, env: Env, settings: &MediaSettings, signer: Signer) -> Result<Self, Internal> {
        let settings = Arc::new(settings.clone());
        Ok(Self {
            jobs: Queue::new(env.clone()),
            pool,
            env,
            storage: storage::open(&settings)?,
            processor: Processor::new(&settings),
            converter: Converter::new(Arc::clone(&settings)),
            scanner: Scanner::new(&settings.scan),
            signer,
            receiving: Arc::new(Semaphore::new(settings.uploads_at_once)),
            settings,
        })
    }

    /// Whether videos and sounds can be converted here.
    pub fn converts(&self) -> bool {
        self.converter.is_there()
    }

    /// Where [`Convert`] is written: a queue of its own, so that nothing else waits for what takes minutes.
    pub fn conversions(&self) -> &Queue {
        &self.jobs
    }

    /// Files that a message may have.
    pub fn files_of_a_message(&self) -> usize {
        self.settings.files
    }

    /// That nothing harmful is in a file that arrived, as far as somebody was told to look.
    async fn scanned(&self, received: &Received) -> Result<(), Error> {
        match &self.scanner {
            Some(scanner) => scanner.look(&received.file).await,
            None => Ok(()),
        }
    }

    /// Removes objects; whether all are gone. What is not is tried again by the next sweep.
    async fn gone(&self, keys: Vec<Key>) -> bool {
        let removed = stream::iter(keys).map(|key| async move {
            let removed = self.storage.delete(key.clone()).await;
            removed.inspect_err(|error| tracing::warn!(?key, %error, "could not remove an object")).is_ok()
        });
        removed.buffer_unordered(AT_ONCE).fold(true, |all, one| async move { all && one }).await
    }
}
