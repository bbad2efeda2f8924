//! The form of a sealed value: a version, the id of its key, the nonce, the ciphertext with its tag.

use aws_lc_rs::aead::NONCE_LEN;

/// Of the form below, with AES-256-GCM.
pub(super) const VERSION: u8 = 1;

/// A sealed value, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sealed<'a> {
    pub(super) key_id: &'a str,
    pub(super) nonce: [u8; NONCE_LEN],
    pub(super) ciphertext: &'a [u8],
}

/// What stands before the nonce: authenticated, not secret.
pub(super) fn head(key_id: &str) -> Vec<u8> {
    let length = u8::try_from(key_id.len()).unwrap_or(u8::MAX);
    [&[VERSION, length], key_id.as_bytes()].concat()
}

/// The parts of a value; `None` when it is none of ours.
pub(super) fn take_apart(value: &[u8]) -> Option<Sealed<'_>> {
    let (&[version, length], rest) = value.split_first_chunk()?;
    let (key_id, rest) = rest.split_at_checked(length.into())?;
    let (&nonce, ciphertext) = rest.split_first_chunk()?;
    let key_id = std::str::from_utf8(key_id).ok()?;
    (version == VERSION).then_some(Sealed { key_id, nonce, ciphertext })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_apart_as_it_was_put_together() {
        let value = [head("k1"), vec![9; NONCE_LEN], b"secret".to_vec()].concat();
        let sealed = take_apart(&value).unwrap();
        assert_eq!(sealed, Sealed { key_id: "k1", nonce: [9; NONCE_LEN], ciphertext: b"secret" });
        for end in 0..16 {
            assert_eq!(take_apart(&value[..end]), None, "{end}");
        }
        let other = [&[2], &value[1..]].concat();
        assert_eq!(take_apart(&other), None);
    }
}
