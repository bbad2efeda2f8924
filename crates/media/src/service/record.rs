//! Clips and voice messages come, and what is to become of what can be seen or heard.

use chrono::TimeDelta;
use kernel::{Internal, TimelineId, UserId};

use super::Media;
use super::upload::Intake;
use crate::Error;
use crate::convert::Container;
use crate::kind::{AttachmentPurpose, Conversion};
use crate::model::Attachment;
use crate::spool::{Limits, Received, Receiving};
use crate::view::AttachmentView;

/// What somebody says of what they recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// What it is sent as.
    pub purpose: AttachmentPurpose,
    /// How long it is, milliseconds, as the client says: until it is known better.
    pub duration_ms: Option<i32>,
}

impl Media {
    /// A place to receive one file that is sent as `purpose`.
    ///
    /// # Errors
    /// [`Error::Busy`].
    pub fn receive_recording(&self, purpose: AttachmentPurpose) -> Result<Receiving, Error> {
        let limit = self.settings.recording_limit(purpose);
        let limits = match (purpose, limit) {
            (AttachmentPurpose::Voice, Some(limit)) => Limits::Sound(limit),
            (_, Some(limit)) => Limits::Recording(limit),
            (_, None) => return self.receive(),
        };
        self.receiving(limits)
    }

    /// Keeps one file that arrived at a place of [`Self::receive_recording`]. It belongs to nothing yet.
    ///
    /// # Errors
    /// As [`Self::upload`].
    pub async fn record(
        &self,
        user: UserId,
        channel: TimelineId,
        received: Received,
        recording: Recording,
    ) -> Result<AttachmentView, Error> {
        let mut kept = self
            .take(user, vec![received], Intake { channel: Some(channel), recording, upload: None })
            .await?;
        kept.pop().ok_or_else(|| Internal::new("a file was kept and is not there").into())
    }

    /// The row with what is to become of it.
    pub(super) fn recorded(&self, row: Attachment, recording: Recording) -> Attachment {
        let Recording { purpose, duration_ms } = recording;
        let days = i64::from(self.settings.clip_days);
        let goes = purpose == AttachmentPurpose::Clip && days > 0;
        let conversion = Container::of(&row.content_type).map(|_| match self.converter.is_there() {
            true => Conversion::Pending,
            false => Conversion::Unavailable,
        });
        let expires_at = goes.then(|| row.created_at.plus(TimeDelta::days(days)));
        Attachment { purpose, duration_ms, conversion, expires_at, ..row }
    }
}
