//! What messages are by what they bring: pictures, sounds, voice messages.

use media::{AttachmentPurpose, AttachmentView, Seconds};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Kind;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessageType {
    /// A text.
    Text,
    /// A picture, or several.
    Image,
    /// A video, or several.
    Video,
    /// A sound, or several.
    Audio,
    /// Files of other or different kinds.
    File,
    /// Tells of something that its author did.
    System,
}

/// A voice message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VoiceNote, example = json!({
    "url": "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30?rendition=mp3", "duration": 4.2, "waveform": null
}))]
pub struct VoiceNote {
    /// Where it can be heard: as MP3 once it was converted.
    pub url: String,
    /// How long it is, seconds, if that is known.
    #[schema(value_type = Option<f64>)]
    pub duration: Option<Seconds>,
    /// How loud each hundredth of it is, 0 to 255, once it was looked at.
    #[schema(value_type = Option<Vec<i32>>, min_items = 100, max_items = 100)]
    pub waveform: Option<Vec<u8>>,
}

impl MessageType {
    /// The type of a message with these files.
    pub(crate) fn of(kind: Kind, files: &[AttachmentView]) -> Self {
        let one = |file: &AttachmentView| match file.kind {
            media::Kind::Image => Self::Image,
            media::Kind::Video => Self::Video,
            media::Kind::Audio => Self::Audio,
            media::Kind::Document => Self::File,
        };
        match (kind, files) {
            (Kind::System, _) => Self::System,
            (Kind::Text, []) => Self::Text,
            (Kind::Text, [first, rest @ ..]) if rest.iter().all(|file| one(file) == one(first)) => one(first),
            (Kind::Text, _) => Self::File,
        }
    }
}

impl VoiceNote {
    /// The voice message that this file is, if it is one.
    pub fn of(file: &AttachmentView) -> Option<Self> {
        let is_one = file.purpose == Some(AttachmentPurpose::Voice);
        is_one.then(|| Self {
            url: file.playable_url().into(),
            duration: file.duration,
            waveform: file.waveform.clone(),
        })
    }
}
