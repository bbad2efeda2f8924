//! Pictures: read within limits, written anew without what a camera noted, made smaller.

mod decode;
mod gif;
mod processor;
mod shrink;
mod webp;
mod write;

use image::ImageFormat;

pub(crate) use processor::{Finished, Processor, Seen};
pub use shrink::PreviewSize;
pub(crate) use shrink::SQUARES;

/// The formats that can be worked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Gif,
    WebP,
}

impl Format {
    /// The one of this media type.
    pub(crate) fn of(mime: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::Gif, Self::WebP].into_iter().find(|format| format.mime() == mime)
    }

    /// Its media type.
    pub(crate) const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    const fn known(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Gif => ImageFormat::Gif,
            Self::WebP => ImageFormat::WebP,
        }
    }
}
