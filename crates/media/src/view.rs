//! The JSON shape of a file.

use kernel::{AttachmentId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kind::Kind;
use crate::model::Attachment;

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
    /// Of a picture that is larger than that: where one of at most 200 pixels a side is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Of a picture that is larger than that: where one of at most 800 pixels a side is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// Of a picture: how wide it is, pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1600)]
    pub width: Option<i32>,
    /// Of a picture: how high it is, pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1200)]
    pub height: Option<i32>,
    /// Of a picture: what to show while it is loaded, as blurha.sh describes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "LEHV6nWB2yk8pyo0adR*.7kCMdnj")]
    pub blurhash: Option<String>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

impl From<Attachment> for AttachmentView {
    fn from(file: Attachment) -> Self {
        let url = format!("/api/media/{}", file.id);
        Self {
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
