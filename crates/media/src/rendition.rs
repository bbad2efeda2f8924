//! Copies of a video or sound that play everywhere.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A copy of a video or sound. Of each there is at most one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rendition {
    /// MP4 (H.264, AAC), with a shorter side of 480 pixels.
    #[serde(rename = "480p")]
    P480,
    /// MP4, 720 pixels.
    #[serde(rename = "720p")]
    P720,
    /// MP4, 1080 pixels.
    #[serde(rename = "1080p")]
    P1080,
    /// MP3.
    Mp3,
}

impl Rendition {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::P480, Self::P720, Self::P1080, Self::Mp3];
    /// Those of videos, the smallest first, with the pixels of the shorter side.
    pub(crate) const VIDEOS: [(Self, u16); 3] = [(Self::P480, 480), (Self::P720, 720), (Self::P1080, 1080)];

    /// Its name, in addresses and in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::Mp3 => "mp3",
        }
    }

    /// The one of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rendition| rendition.name() == name)
    }

    /// What its key ends with.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            _ => "mp4",
        }
    }

    /// The media type that it is served under.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            _ => "video/mp4",
        }
    }
}
