//! Random secrets whose owner is shown them once: the database has their hashes.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use kernel::Env;

/// 256 bits: nobody guesses one, so a plain hash is enough and nothing needs to be slow.
const BYTES: usize = 32;

/// SHA-256 of a secret.
pub(crate) type Hash = [u8; 32];

/// A secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret([u8; BYTES]);

impl Secret {
    /// A new one.
    pub(crate) fn new(env: &Env) -> Self {
        Self(env.bytes())
    }

    /// Reads what [`Self::reveal`] wrote. There is one way to write each.
    pub(crate) fn parse(prefix: &str, text: &str) -> Option<Self> {
        let hex = text.strip_prefix(prefix)?.as_bytes();
        if hex.len() != 2 * BYTES {
            return None;
        }
        Some(Self(HEXLOWER.decode(hex).ok()?.try_into().ok()?))
    }

    /// The secret as its owner gets it. By its prefix scanners for leaked secrets know it.
    pub(crate) fn reveal(&self, prefix: &str) -> String {
        format!("{prefix}{}", HEXLOWER.encode(&self.0))
    }

    /// What the database has of it.
    pub(crate) fn hash(&self) -> Hash {
        hash(&self.0)
    }
}

/// SHA-256.
pub(crate) fn hash(bytes: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

impl std::fmt::Debug for Secret {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_in_one_way_and_shown_by_nothing_else() {
        let secret = Secret::new(&Env::system());
        let text = secret.reveal("ghk_");
        assert_eq!(Secret::parse("ghk_", &text), Some(secret.clone()));
        let capitals = format!("ghk_{}", "A".repeat(64));
        for bad in [
            &text[1..],
            &text[..text.len() - 1],
            &format!("{text}0"),
            &format!("{text}00"),
            &capitals,
            "",
            "ghk_ä",
        ] {
            assert_eq!(Secret::parse("ghk_", bad), None, "{bad}");
        }
        assert_eq!(Secret::parse("gho_", &text), None);
        assert!(!format!("{secret:?}").contains(&text[8..]));
        assert_ne!(Secret::new(&Env::system()).hash(), secret.hash());
    }
}
