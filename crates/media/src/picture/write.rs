//! From pixels to files.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageEncoder, ImageError};

use super::decode::Pixels;
use super::{Format, gif, shrink, webp};
use crate::Error;
use crate::spool::unnamed;

/// How true a JPEG is to its pixels, of 100. Above it files grow and nobody sees a difference.
const JPEG_QUALITY: u8 = 90;
/// The same of WebP.
const WEBP_QUALITY: f32 = 90.0;

/// The picture in a file of the same format, with nothing in it but the picture: JPEG and PNG are written anew from their
/// pixels, GIF and WebP, which may move, from their frames.
pub(super) fn anew(file: &File, format: Format, pixels: &Pixels, folder: &Path) -> Result<File, Error> {
    let mut written = BufWriter::new(unnamed(folder).map_err(Error::storage)?);
    match format {
        Format::Jpeg => jpeg(pixels, &mut written).map_err(Error::storage)?,
        Format::Png => png(pixels, &mut written).map_err(Error::storage)?,
        Format::Gif => written.write_all(&gif::cleaned(&whole(file)?)?).map_err(Error::storage)?,
        Format::WebP if pixels.turned => {
            written.write_all(&shrink::webp(&pixels.image, WEBP_QUALITY)?).map_err(Error::storage)?;
        }
        Format::WebP => written.write_all(&webp::cleaned(&whole(file)?)?).map_err(Error::storage)?,
    }
    written.into_inner().map_err(|error| Error::storage(error.into_error()))
}

/// Bytes in a file.
pub(super) fn in_file(bytes: &[u8], folder: &Path) -> Result<File, Error> {
    let mut file = unnamed(folder).map_err(Error::storage)?;
    file.write_all(bytes).map_err(Error::storage)?;
    Ok(file)
}

/// A picture's file, in memory: it is as large as a picture may be.
fn whole(mut file: &File) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(Error::storage)?;
    file.read_to_end(&mut bytes).map_err(Error::storage)?;
    Ok(bytes)
}

fn jpeg(pixels: &Pixels, into: impl Write) -> Result<(), ImageError> {
    let mut encoder = JpegEncoder::new_with_quality(into, JPEG_QUALITY);
    if let Some(profile) = &pixels.profile {
        encoder.set_icc_profile(profile.clone()).map_err(ImageError::Unsupported)?;
    }
    match &pixels.image {
        image @ (DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_)) => {
            image.write_with_encoder(encoder)
        }
        other => other.to_rgb8().write_with_encoder(encoder),
    }
}

fn png(pixels: &Pixels, into: impl Write) -> Result<(), ImageError> {
    let mut encoder = PngEncoder::new_with_quality(into, CompressionType::Default, FilterType::Adaptive);
    if let Some(profile) = &pixels.profile {
        encoder.set_icc_profile(profile.clone()).map_err(ImageError::Unsupported)?;
    }
    pixels.image.write_with_encoder(encoder)
}
