//! Clips and voice messages, and what becomes of videos and sounds after they were sent.

use backbone::jobs::JobError;
use kernel::{Allowed, AttachmentId, Page, TimelineId, UserId, can};
use media::{AttachmentPurpose, Convert, Received, Recording};
use messaging::input::{Draft, SendBody};
use messaging::{ClipView, ClipsLimit, MessageView};

use super::media::{may_send, reported};
use super::messages::{self, in_channel};
use crate::http::ApiError;
use crate::services::Services;

/// What somebody says beside what they recorded.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// What it is sent as.
    pub(crate) purpose: AttachmentPurpose,
    /// The text of the message.
    pub(crate) content: String,
    /// How long it is, milliseconds.
    pub(crate) duration_ms: Option<i32>,
    /// What the client calls the message.
    pub(crate) nonce: Option<String>,
}

/// Keeps what somebody recorded and sends it as a message.
pub(crate) async fn send(
    services: &Services,
    user: UserId,
    place: TimelineId,
    received: Received,
    words: Words,
) -> Result<MessageView, ApiError> {
    may_send(services, user, place).await?;
    let Words { purpose, content, duration_ms, nonce } = words;
    let recording = Recording { purpose, duration_ms };
    let kept = services.media.record(user, place, received, recording).await;
    let file = reported(services, user, kept).await?;
    let sent = submit(
        services,
        user,
        place,
        SendBody { attachments: Some(vec![file.id]), content, nonce, ..SendBody::default() },
    );
    match sent.await {
        Ok(sent) if sent.attachments.iter().any(|one| one.id == file.id) => Ok(sent),
        // The nonce had been used: that message has its own file.
        Ok(sent) => {
            forget(services, user, file.id).await;
            Ok(sent)
        }
        Err(error) => {
            forget(services, user, file.id).await;
            Err(error)
        }
    }
}

async fn submit(
    services: &Services,
    user: UserId,
    place: TimelineId,
    body: SendBody,
) -> Result<MessageView, ApiError> {
    Ok(messages::send(services, user, place, Draft::parse(body)?).await?.message)
}

/// A file was kept for nothing. What cannot be removed now goes when it was not used for long enough.
async fn forget(services: &Services, user: UserId, file: AttachmentId) {
    if let Err(error) = services.media.remove(user, file).await {
        tracing::warn!(%error, %file, "a file that was not sent could not be removed");
    }
}

/// The clips of a place, or those that the user sent.
pub(crate) async fn clips(
    services: &Services,
    user: UserId,
    place: Option<TimelineId>,
    before: Option<AttachmentId>,
    limit: ClipsLimit,
) -> Result<Page<ClipView>, ApiError> {
    let messaging = &services.messaging;
    match place {
        Some(place) => {
            in_channel(services, user, place, |allowed| messaging.clips(allowed, before, limit)).await
        }
        None => Ok(messaging.own_clips(user, before, limit).await?),
    }
}

/// Deletes a clip, and the message that it came with.
pub(crate) async fn delete_clip(
    services: &Services,
    user: UserId,
    clip: AttachmentId,
) -> Result<(), ApiError> {
    let file = services.media.attachment(clip).await?;
    let sent = file.message_id.filter(|_| file.purpose == AttachmentPurpose::Clip);
    let message = sent.ok_or(media::Error::NoFile)?;
    let deleted = messages::delete(services, user, message).await;
    deleted.map_err(|error| match error.code {
        kernel::Code::ResourceNotFound => media::Error::NoFile.into(),
        _ => error,
    })
}

/// Converts a video or sound, and tells of the message that has it, by the right of its author: in a place that they do not
/// see any more nobody is told; who reads the message sees it.
pub(crate) async fn convert(services: &Services, job: Convert) -> Result<(), JobError> {
    let Some(told) = services.media.convert(job).await? else { return Ok(()) };
    let show = |allowed: Allowed<can::View>| services.messaging.show_files(allowed, told.message);
    match in_channel(services, told.author, told.timeline, show).await {
        Err(error) if error.code.status() >= 500 => Err(JobError::again(error.message)),
        // The message, the place or the author is gone.
        Ok(()) | Err(_) => Ok(()),
    }
}
