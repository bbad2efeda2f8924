//! Which videos are made of a video. Pure.

use crate::rendition::Rendition;

/// A picture's size, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Size {
    fn short(self) -> u32 {
        self.width.min(self.height)
    }

    /// Pixels.
    pub(super) fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// It, with a shorter side of `side` pixels; both sides even, as H.264 wants them, and no larger than they are.
    fn scaled(self, side: u32) -> Self {
        let short = self.short().max(1);
        let scaled = |pixels: u32| {
            let exact = u64::from(pixels) * u64::from(side.min(short)) / u64::from(short);
            u32::try_from(exact).unwrap_or(u32::MAX).min(pixels) & !1
        };
        Self { width: scaled(self.width).max(2), height: scaled(self.height).max(2) }
    }

    /// It, so that neither side is longer than `side`, and not larger than it is.
    pub(super) fn within(self, side: u32) -> Self {
        let long = self.width.max(self.height).max(1);
        let scaled = |pixels: u32| {
            let exact = u64::from(pixels) * u64::from(side.min(long)) / u64::from(long);
            u32::try_from(exact).unwrap_or(u32::MAX).max(1)
        };
        Self { width: scaled(self.width), height: scaled(self.height) }
    }
}

/// Of the copies that are `wanted`, those that a video of this size is large enough for. Of one that is too small for all, the
/// smallest, at its own size.
pub(super) fn renditions(source: Size, wanted: &[Rendition]) -> Vec<(Rendition, Size)> {
    let videos = Rendition::VIDEOS.into_iter().filter(|(rendition, _)| wanted.contains(rendition));
    let videos = videos.collect::<Vec<_>>();
    let fits =
        videos.iter().filter(|(_, side)| u32::from(*side) <= source.short()).copied().collect::<Vec<_>>();
    let chosen = if fits.is_empty() { videos.into_iter().take(1).collect() } else { fits };
    chosen.into_iter().map(|(rendition, side)| (rendition, source.scaled(side.into()))).collect()
}

#[cfg(test)]
mod tests {
    use Rendition::{P480, P720, P1080};
    use proptest::prelude::*;

    use super::*;

    fn of(width: u32, height: u32, wanted: &[Rendition]) -> Vec<(Rendition, (u32, u32))> {
        let all = renditions(Size { width, height }, wanted).into_iter();
        all.map(|(rendition, size)| (rendition, (size.width, size.height))).collect()
    }

    #[test]
    fn a_video_is_made_in_the_sizes_that_it_is_large_enough_for() {
        let all = [P480, P720, P1080];
        assert_eq!(of(1920, 1080, &all), [(P480, (852, 480)), (P720, (1280, 720)), (P1080, (1920, 1080))]);
        assert_eq!(of(1080, 1920, &[P720]), [(P720, (720, 1280))]);
        assert_eq!(of(1280, 720, &all), [(P480, (852, 480)), (P720, (1280, 720))]);
        assert_eq!(of(321, 241, &all), [(P480, (320, 240))], "smaller than all: as it is");
        assert_eq!(of(640, 480, &[P720]), [(P720, (640, 480))]);
        assert_eq!(of(1, 1, &all), [(P480, (2, 2))], "the least that H.264 can be");
        assert_eq!(of(1920, 1080, &[]), []);
        assert_eq!(Size { width: 1920, height: 1080 }.within(800), Size { width: 800, height: 450 });
        assert_eq!(Size { width: 100, height: 50 }.within(800), Size { width: 100, height: 50 });
    }

    proptest! {
        #[test]
        fn nothing_is_larger_than_its_source_or_odd(width in 2_u32..40_000, height in 2_u32..40_000) {
            for (_, (w, h)) in of(width, height, &[P480, P720, P1080]) {
                prop_assert!(w <= width && h <= height && w % 2 == 0 && h % 2 == 0 && w > 0 && h > 0);
            }
        }
    }
}
