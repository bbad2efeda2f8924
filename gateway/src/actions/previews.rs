//! What is behind links, shown with the messages that they stand in.

use backbone::jobs::JobError;
use kernel::{Allowed, can};
use messaging::preview::FetchPreview;

use super::messages::in_channel;
use crate::services::Services;

/// Looks at the link of a message and gives the message its preview, by the right of its author: in a place that they do not
/// see any more nothing changes.
pub(crate) async fn show(services: &Services, job: FetchPreview) -> Result<(), JobError> {
    let messaging = &services.messaging;
    let Some(wanted) = messaging.wanted_preview(job.message).await? else { return Ok(()) };
    let Some(preview) = messaging.look_up(&wanted.url).await? else { return Ok(()) };
    let (author, place) = (wanted.author, wanted.timeline);
    let attach = |allowed: Allowed<can::View>| messaging.attach_preview(allowed, &wanted, preview.clone());
    match in_channel(services, author, place, attach).await {
        Err(error) if error.code.status() >= 500 => Err(JobError::again(error.message)),
        // The message, the place or the author is gone.
        Ok(()) | Err(_) => Ok(()),
    }
}
