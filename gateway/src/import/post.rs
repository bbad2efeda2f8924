//! Messages go into the channel.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kernel::{Allowed, can};
use messaging::Imported;

use super::ImportError;
use super::place::Place;
use super::report::Report;
use crate::services::Services;

/// Messages in one transaction: few enough that people who write in the channel meanwhile do not wait long.
const CHUNK: usize = 500;

/// Writes messages in their order, and shows on a terminal how far it is.
#[derive(Debug)]
pub(super) struct Post<'a> {
    services: &'a Services,
    place: &'a Place,
    allowed: Allowed<can::ManageMessages>,
    bar: ProgressBar,
}

impl<'a> Post<'a> {
    /// Gets ready to write `count` messages.
    pub(super) async fn open(
        services: &'a Services,
        place: &'a Place,
        count: usize,
    ) -> Result<Self, ImportError> {
        let allowed = place.authorise(services).await?;
        // Hidden when standard error is no terminal.
        let bar = ProgressBar::with_draw_target(u64::try_from(count).ok(), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} messages, {per_sec}, {eta}")
        {
            bar.set_style(style);
        }
        Ok(Self { services, place, allowed, bar })
    }

    /// Writes those of the messages that are not there yet.
    pub(super) async fn write(
        &mut self,
        messages: &[Imported],
        report: &mut Report,
    ) -> Result<(), ImportError> {
        for chunk in messages.chunks(CHUNK) {
            let fresh = self.chunk(chunk).await?;
            let added = fresh.iter().filter(|fresh| **fresh).count();
            report.added += added;
            report.present += fresh.len() - added;
            self.bar.inc(u64::try_from(chunk.len()).unwrap_or(0));
        }
        Ok(())
    }

    async fn chunk(&mut self, chunk: &[Imported]) -> Result<Vec<bool>, ImportError> {
        match self.services.messaging.import(self.allowed, chunk.to_vec()).await {
            // Somebody's rights in the server changed meanwhile; the owner's are proved anew.
            Err(messaging::Error::Stale) => {
                self.allowed = self.place.authorise(self.services).await?;
                Ok(self.services.messaging.import(self.allowed, chunk.to_vec()).await?)
            }
            done => Ok(done?),
        }
    }
}

impl Drop for Post<'_> {
    /// Leaves the terminal clean, also after an error.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
