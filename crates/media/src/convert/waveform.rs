//! How loud a sound is from its beginning to its end, of samples that come one after the other. Pure.

/// Peaks of a finished waveform.
pub(crate) const PEAKS: usize = 100;
/// Peaks that are kept while it is not known how long the sound is: a finished one is made of at least half as many.
const ROOM: usize = 3_200;
/// Samples a second that it is made of: speech is audible in them.
pub(super) const RATE: u32 = 8_000;

/// A waveform that is being made. Takes the same memory for a sound of any length.
#[derive(Debug)]
pub(super) struct Waveform {
    peaks: Vec<u8>,
    /// Samples of each peak.
    each: u64,
    /// Samples of the peak that is being made, and how loud it is.
    begun: (u64, u8),
    samples: u64,
    /// The first half of a sample whose other half did not come yet.
    half: Option<u8>,
}

impl Default for Waveform {
    fn default() -> Self {
        Self { peaks: Vec::with_capacity(ROOM), each: 1, begun: (0, 0), samples: 0, half: None }
    }
}

impl Waveform {
    /// More samples: 16 bits each, signed, the lower half first.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match self.half.take() {
                None => self.half = Some(*byte),
                Some(low) => self.sample(i16::from_le_bytes([low, *byte])),
            }
        }
    }

    fn sample(&mut self, sample: i16) {
        self.samples += 1;
        let loud = loudness(sample);
        let (count, peak) = self.begun;
        self.begun = (count + 1, peak.max(loud));
        if self.begun.0 < self.each {
            return;
        }
        self.peaks.push(self.begun.1);
        self.begun = (0, 0);
        if self.peaks.len() == ROOM {
            self.peaks = self.peaks.chunks(2).map(highest).collect();
            self.each *= 2;
        }
    }

    /// How long the sound was, milliseconds.
    pub(super) fn duration_ms(&self) -> u64 {
        self.samples.saturating_mul(1_000) / u64::from(RATE)
    }

    /// The loudest moment of each hundredth: 0 is silence, 255 as loud as can be. `None` of no sound.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        if self.begun.0 > 0 {
            self.peaks.push(self.begun.1);
        }
        let count = self.peaks.len();
        let part = |nth: usize| {
            let from = nth * count / PEAKS;
            // Of a sound that has fewer samples some are shown more than once.
            let end = ((nth + 1) * count / PEAKS).max(from + 1);
            self.peaks.get(from..end).map(highest)
        };
        (0..PEAKS).map(part).collect()
    }
}

fn highest(peaks: &[u8]) -> u8 {
    peaks.iter().copied().max().unwrap_or(0)
}

/// 0 to 255.
fn loudness(sample: i16) -> u8 {
    u8::try_from(sample.unsigned_abs().min(0x7fff) >> 7).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(samples: &[i16]) -> Waveform {
        let mut waveform = Waveform::default();
        let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>();
        waveform.push(&bytes);
        waveform
    }

    #[test]
    fn it_shows_where_a_sound_is_loud() {
        let second = usize::try_from(RATE).unwrap();
        let quiet_loud = [vec![0; second * 5], vec![i16::MAX; second * 5]].concat();
        let waveform = of(&quiet_loud);
        assert_eq!(waveform.duration_ms(), 10_000);
        let peaks = waveform.finish().unwrap();
        assert_eq!(
            (peaks.len(), peaks[..49].iter().max(), peaks[51..].iter().min()),
            (100, Some(&0), Some(&255))
        );
        assert_eq!(of(&[]).finish(), None);
        assert_eq!(of(&[i16::MIN]).finish(), Some(vec![255; 100]));
    }

    proptest! {
        #[test]
        fn it_loses_no_peak_however_the_bytes_come(samples in prop::collection::vec(any::<i16>(), 1..20_000), cut in 0_usize..40_000) {
            let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>();
            let mut waveform = Waveform::default();
            let (one, other) = bytes.split_at(cut.min(bytes.len()));
            waveform.push(one);
            waveform.push(other);
            prop_assert!(waveform.peaks.capacity() <= 2 * ROOM);
            let peaks = waveform.finish().unwrap();
            prop_assert_eq!(peaks.len(), PEAKS);
            prop_assert_eq!(peaks.iter().max().copied(), samples.iter().map(|sample| loudness(*sample)).max());
        }
    }
}
