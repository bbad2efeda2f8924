//! The JSON shape of a file.

use kernel::{AttachmentId, Timestamp};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::kind::{AttachmentPurpose, Conversion, Kind};
use crate::model::Attachment;
use crate::rendition::Rendition;

/// A file that somebody uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attachment, example = json!({
    "id": "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30",
    "kind": "image",
    "name": "engine.jpg",
    "contentType": "image/jpeg",
    "size": 182_734,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30",
    "thumbnailUrl": "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30?size=200",
    "previewUrl": "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30?size=800",
    "width": 1600,
    "height": 1200,
    "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    "createdAt": "2026-01-02T03:04:05.678Z"
}))]
pub struct AttachmentView {
    /// The file's id.
    pub id: AttachmentId,
    /// What it is, by its content.
    pub kind: Kind,
    /// What it is called. For people: it may hold anything but a path.
    #[schema(example = "engine.jpg")]
    pub name: String,
    /// The media type that it is served under.
    #[schema(example = "image/jpeg")]
    pub content_type: String,
    /// Its bytes, as it is stored: a picture is not as it was sent.
    #[schema(example = 182_734)]
    pub size: i64,
    /// The SHA-256 of the stored bytes, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// Where it is, on this server.
    #[schema(example = "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30")]
    pub url: String,
    /// Of a picture that is larger than that, and of a video: where a picture of at most 200 pixels a side is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Of a picture that is larger than that, and of a video: where a picture of at most 800 pixels a side is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// Of a picture or video: how wide it is, pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1600)]
    pub width: Option<i32>,
    /// Of a picture or video: how high it is, pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1200)]
    pub height: Option<i32>,
    /// Of a picture or video: what to show while it is loaded, as blurha.sh describes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "LEHV6nWB2yk8pyo0adR*.7kCMdnj")]
    pub blurhash: Option<String>,
    /// What it was sent as, when that was more than a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<AttachmentPurpose>,
    /// Of a video or sound: whether it was looked at and converted. While it is `pending` what follows is missing; when it
    /// is done, the message that it belongs to comes as `message-updated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Conversion>,
    /// Of a video or sound: how long it is, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, example = 12.5)]
    pub duration: Option<Seconds>,
    /// Of what can be heard: how loud each hundredth of it is, 0 to 255.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<i32>>, min_items = 100, max_items = 100)]
    pub waveform: Option<Vec<u8>>,
    /// Copies of a video or sound that play everywhere, the smallest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub renditions: Vec<RenditionView>,
    /// Of a clip: when it goes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// A copy of a video or sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AttachmentRendition)]
pub struct RenditionView {
    /// Which.
    pub name: Rendition,
    /// Its media type.
    #[schema(example = "video/mp4")]
    pub content_type: &'static str,
    /// Its bytes.
    #[schema(example = 91_367)]
    pub size: i64,
    /// Where it is, on this server.
    #[schema(example = "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30?rendition=720p")]
    pub url: String,
}

/// A length of time, milliseconds; on the wire, seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub i32);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 1_000.0)
    }
}

impl AttachmentView {
    /// Where it is heard best: in the copy that plays everywhere, when there is one.
    pub fn playable_url(&self) -> &str {
        let mp3 = self.renditions.iter().find(|rendition| rendition.name == Rendition::Mp3);
        mp3.map_or(&self.url, |rendition| &rendition.url)
    }
}

impl From<Attachment> for AttachmentView {
    fn from(file: Attachment) -> Self {
        let url = format!("/api/media/{}", file.id);
        let renditions = file.renditions().map(|(name, size)| RenditionView {
            name,
            content_type: name.content_type(),
            size,
            url: format!("{url}?rendition={}", name.name()),
        });
        Self {
            renditions: renditions.collect(),
            purpose: Some(file.purpose).filter(|purpose| *purpose != AttachmentPurpose::File),
            conversion: file.conversion,
            duration: file.duration_ms.map(Seconds),
            waveform: file.waveform,
            expires_at: file.expires_at,
            thumbnail_url: file.small.map(|_| format!("{url}?size=200")),
            preview_url: file.large.map(|_| format!("{url}?size=800")),
            id: file.id,
            kind: file.kind,
            name: file.name,
            content_type: file.content_type,
            size: file.size,
            sha256: data_encoding::HEXLOWER.encode(&file.sha256),
            url,
            width: file.width,
            height: file.height,
            blurhash: file.blurhash,
            created_at: file.created_at,
        }
    }
}
