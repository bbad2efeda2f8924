//! WebP, which is kept as it is, because it may move, without what else is in it.

use crate::Error;

/// The chunks that make the picture; others (EXIF, XMP, whatever programs put there) go.
const KEPT: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// The flags of `VP8X` that announce EXIF and XMP.
const METADATA: u8 = 0x0c;

/// The WebP in `bytes` with what makes the picture, and nothing behind its end.
///
/// # Errors
/// [`Error::Type`] when it is not whole.
pub(super) fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    walk(bytes).ok_or(Error::Type("the WebP is broken"))
}

fn walk(bytes: &[u8]) -> Option<Vec<u8>> {
    let (head, rest) = bytes.split_at_checked(12)?;
    let announced = usize::try_from(number(head.get(4..8)?)?).ok()?;
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WEBP") {
        return None;
    }
    // The length counts from `WEBP` on.
    let mut rest = rest.get(..announced.checked_sub(4)?)?;
    let mut kept = b"RIFF\0\0\0\0WEBP".to_vec();
    while !rest.is_empty() {
        let (head, behind) = rest.split_at_checked(8)?;
        let length = usize::try_from(number(head.get(4..8)?)?).ok()?;
        let padded = length.checked_add(length % 2)?;
        let data = behind.get(..padded)?;
        if KEPT.iter().any(|name| head.starts_with(name.as_slice())) {
            kept.extend_from_slice(head);
            let start = kept.len();
            kept.extend_from_slice(data);
            if head.starts_with(b"VP8X") {
                *kept.get_mut(start)? &= !METADATA;
            }
        }
        rest = behind.get(padded..)?;
    }
    let length = u32::try_from(kept.len().checked_sub(8)?).ok()?;
    kept.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
    Some(kept)
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut chunk = name.to_vec();
        chunk.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        chunk.extend_from_slice(data);
        chunk.extend(std::iter::repeat_n(0, data.len() % 2));
        chunk
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let body = chunks.concat();
        let mut file = b"RIFF".to_vec();
        file.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_le_bytes());
        file.extend_from_slice(b"WEBP");
        file.extend_from_slice(&body);
        file
    }

    #[test]
    fn the_picture_stays_and_the_rest_goes() {
        let (extended, picture) =
            (chunk(b"VP8X", &[0x1c, 0, 0, 0, 9, 0, 0, 9, 0, 0]), chunk(b"VP8L", b"pixels"));
        let mut given = file(&[extended, picture.clone(), chunk(b"EXIF", b"gps"), chunk(b"XMP ", b"who")]);
        given.extend_from_slice(b"<script>");
        let expected = file(&[chunk(b"VP8X", &[0x10, 0, 0, 0, 9, 0, 0, 9, 0, 0]), picture]);
        assert_eq!(cleaned(&given).unwrap(), expected);
        for length in 0..given.len() - 8 {
            assert!(cleaned(&given[..length]).is_err(), "{length}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = cleaned(&bytes);
            let _ = cleaned(&file(&[bytes]));
        }
    }
}
