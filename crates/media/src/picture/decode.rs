//! From a file to pixels, within limits.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::Format;
use crate::Error;

/// What a decoder may take beside the pixels, bytes: tables, a colour profile.
const BESIDE: u64 = 16_777_216;
/// Bytes of a pixel, most often. A picture with more of them may have fewer pixels.
const DEPTH: u64 = 4;

/// A picture that was read. Of one that moves, this is its first frame.
#[derive(Debug)]
pub(super) struct Pixels {
    /// The right way up.
    pub(super) image: DynamicImage,
    /// The colour profile, where it fits the pixels.
    pub(super) profile: Option<Vec<u8>>,
    /// Whether the file had it lying or standing on its head.
    pub(super) turned: bool,
}

/// Reads a picture that may have `pixels` pixels. How many it has is looked at before any memory is taken for them.
///
/// # Errors
/// [`Error::TooManyPixels`]; [`Error::Type`] when it is not what it seems to be, or not whole.
pub(super) fn decode(file: &File, format: Format, pixels: u64) -> Result<Pixels, Error> {
    let mut file = file;
    file.seek(SeekFrom::Start(0)).map_err(Error::storage)?;
    let room = pixels.saturating_mul(DEPTH).saturating_add(BESIDE);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(room);
    let mut reader = ImageReader::with_format(BufReader::new(file), format.known());
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| bad(error, pixels))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > pixels || decoder.total_bytes() > room {
        return Err(Error::TooManyPixels { limit: pixels });
    }
    let orientation = decoder.orientation().map_err(|error| bad(error, pixels))?;
    let profile = decoder.icc_profile().map_err(|error| bad(error, pixels))?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| bad(error, pixels))?;
    image.apply_orientation(orientation);
    let profile = profile.filter(|profile| fits(profile, &image));
    Ok(Pixels { image, profile, turned: orientation != Orientation::NoTransforms })
}

fn bad(error: ImageError, pixels: u64) -> Error {
    match error {
        ImageError::Limits(_) => Error::TooManyPixels { limit: pixels },
        ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Error::storage(error)
        }
        _ => Error::Type("the picture is broken, or not what it seems to be"),
    }
}

/// Whether the profile is one of these pixels' kind of colour: what was CMYK has become RGB. ICC.1, 7.2.6.
fn fits(profile: &[u8], image: &DynamicImage) -> bool {
    let space: &[u8] = if image.color().has_color() { b"RGB " } else { b"GRAY" };
    profile.get(16..20) == Some(space)
}
