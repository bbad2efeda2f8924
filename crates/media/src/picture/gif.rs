//! GIF, which is kept as it is, because it may move, without what else is in it.

use super::super::Error;

/// Frames that a GIF may have: minutes of them.
const FRAMES: usize = 3_000;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const TRAILER: u8 = 0x3b;
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// The GIF in `bytes` with its frames, how long each is shown and how often all are: no comments, no data of programs,
/// nothing behind its end.
///
/// # Errors
/// [`Error::Type`] when it is not whole, or has too many frames.
pub(super) fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut reader = Reader { rest: bytes, kept: Vec::with_capacity(bytes.len()) };
    reader.walk().ok_or(Error::Type("the GIF is broken, or has too many frames"))?;
    Ok(reader.kept)
}

struct Reader<'a> {
    rest: &'a [u8],
    kept: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn walk(&mut self) -> Option<()> {
        // Signature and version; the screen, and its colours.
        self.keep(6)?;
        let screen = self.keep(7)?;
        self.keep(colours(*screen.get(4)?))?;
        let mut frames = 0;
        loop {
            match *self.take(1)?.first()? {
                TRAILER if frames > 0 => {
                    self.kept.push(TRAILER);
                    return Some(());
                }
                IMAGE if frames < FRAMES => {
                    frames += 1;
                    self.kept.push(IMAGE);
                    let image = self.keep(9)?;
                    self.keep(colours(*image.get(8)?))?;
                    self.keep(1)?;
                    self.blocks(true)?;
                }
                EXTENSION => self.extension()?,
                _ => return None,
            }
        }
    }

    fn extension(&mut self) -> Option<()> {
        let label = *self.take(1)?.first()?;
        let repeats = [b"\x0bNETSCAPE2.0".as_slice(), b"\x0bANIMEXTS1.0"];
        let keep = label == CONTROL
            || label == APPLICATION && repeats.iter().any(|name| self.rest.starts_with(name));
        if keep {
            self.kept.extend_from_slice(&[EXTENSION, label]);
        }
        self.blocks(keep)
    }

    /// Blocks up to the empty one.
    fn blocks(&mut self, keep: bool) -> Option<()> {
        loop {
            let length = *self.rest.first()?;
            let block = self.take(usize::from(length) + 1)?;
            if keep {
                self.kept.extend_from_slice(block);
            }
            if length == 0 {
                return Some(());
            }
        }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn keep(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.take(count)?;
        self.kept.extend_from_slice(taken);
        Some(taken)
    }
}

/// Bytes of the table of colours that such a flag announces.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 0x07) + 1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One pixel, twice, with a comment and a program's data, and more behind the end.
    fn sample() -> Vec<u8> {
        let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0".to_vec();
        gif.extend_from_slice(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
        gif.extend_from_slice(b"\x21\xfe\x06secret\0");
        gif.extend_from_slice(b"\x21\xff\x0bXMP DataXMP\x06hidden\0");
        for _ in 0..2 {
            gif.extend_from_slice(b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
        }
        gif.extend_from_slice(b";<script>alert(1)</script>");
        gif
    }

    fn has(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn frames_stay_and_the_rest_goes() {
        let kept = cleaned(&sample()).unwrap();
        assert!(has(&kept, "NETSCAPE2.0") && kept.ends_with(b";"));
        for gone in ["secret", "hidden", "XMP", "script"] {
            assert!(!has(&kept, gone), "{gone}");
        }
        assert_eq!(kept.iter().filter(|byte| **byte == IMAGE).count(), 2);
        assert_eq!(cleaned(&kept).unwrap(), kept);
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let whole = sample();
        let end = whole.len() - "<script>alert(1)</script>".len();
        for length in 0..end {
            assert!(cleaned(&whole[..length]).is_err(), "{length}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_grow(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut gif = b"GIF89a".to_vec();
            gif.extend_from_slice(&bytes);
            if let Ok(kept) = cleaned(&gif) {
                prop_assert!(kept.len() <= gif.len());
            }
        }
    }
}
