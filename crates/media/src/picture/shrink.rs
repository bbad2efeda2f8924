//! Smaller pictures, all in WebP.

use image::DynamicImage;
use image::imageops::FilterType;
use webp::{Encoder, WebPConfig};

use crate::Error;

/// How true previews are to their pixels, of 100.
const QUALITY: f32 = 80.0;
/// The sides of avatars and icons, pixels.
pub(crate) const SQUARES: [u16; 3] = [64, 256, 512];
/// Pixels of a side that a blurhash is made of: it has only twelve colours.
const BLURRED: u32 = 48;

/// The sizes of previews of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewSize {
    /// At most 200 pixels a side: in a list.
    Small,
    /// At most 800 pixels a side: in a conversation.
    Large,
}

impl PreviewSize {
    /// Pixels of the longer side.
    pub const fn side(self) -> u16 {
        match self {
            Self::Small => 200,
            Self::Large => 800,
        }
    }
}

/// A preview; `None` when the picture is not larger than that.
pub(super) fn preview(image: &DynamicImage, size: PreviewSize) -> Result<Option<Vec<u8>>, Error> {
    let side = u32::from(size.side());
    if image.width() <= side && image.height() <= side {
        return Ok(None);
    }
    webp(&fitted(image, side), QUALITY).map(Some)
}

/// Both previews; neither is larger than the picture.
pub(super) fn posters(image: &DynamicImage) -> Result<[Vec<u8>; 2], Error> {
    let [small, large] = [PreviewSize::Small, PreviewSize::Large]
        .map(|size| preview(image, size)?.map_or_else(|| webp(image, QUALITY), Ok));
    Ok([small?, large?])
}

/// The middle of the picture, square, in all sizes; no size is larger than the picture.
pub(super) fn squares(image: &DynamicImage) -> Result<[Vec<u8>; 3], Error> {
    let side = image.width().min(image.height());
    let (left, top) = ((image.width() - side) / 2, (image.height() - side) / 2);
    let square = image.crop_imm(left, top, side, side);
    let [small, medium, large] = SQUARES.map(|size| {
        let size = u32::from(size);
        if side <= size { webp(&square, QUALITY) } else { webp(&fitted(&square, size), QUALITY) }
    });
    Ok([small?, medium?, large?])
}

/// What to show while a picture is loaded.
pub(super) fn blurhash(image: &DynamicImage) -> Option<String> {
    let small = image.thumbnail(BLURRED, BLURRED).to_rgba8();
    let (x, y) = if image.width() >= image.height() { (4, 3) } else { (3, 4) };
    blurhash::encode(x, y, small.width(), small.height(), &small).ok()
}

/// The picture so that its longer side is `side`. The coarse way first: the fine one reads every pixel several times.
fn fitted(image: &DynamicImage, side: u32) -> DynamicImage {
    let coarse = side * 3;
    if image.width().max(image.height()) > coarse {
        return image.thumbnail(coarse, coarse).resize(side, side, FilterType::CatmullRom);
    }
    image.resize(side, side, FilterType::CatmullRom)
}

/// The picture in WebP.
pub(super) fn webp(image: &DynamicImage, quality: f32) -> Result<Vec<u8>, Error> {
    let fault = |words: &str| Error::from(kernel::Internal::new(words.to_string()));
    let mut config = WebPConfig::new().map_err(|()| fault("libwebp has no configuration"))?;
    config.quality = quality;
    config.alpha_compression = 1;
    let (width, height) = (image.width(), image.height());
    let encoded = if image.color().has_alpha() {
        Encoder::from_rgba(&image.to_rgba8(), width, height).encode_advanced(&config)
    } else {
        Encoder::from_rgb(&image.to_rgb8(), width, height).encode_advanced(&config)
    };
    encoded.map(|bytes| bytes.to_vec()).map_err(|error| fault(&format!("libwebp: {error:?}")))
}
