//! Signatures of messages: MESSAGE-INTEGRITY with long-term credentials (RFC 8489, section 14.5).

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign, verify};
use md5::{Digest, Md5};

/// Bytes of a signature: those of SHA-1.
pub(super) const TAG: usize = 20;

/// Signs and checks messages.
#[derive(Clone)]
pub(crate) struct IntegrityKey(Key);

impl IntegrityKey {
    /// The key of a name and a password in a realm. MD5 is what the protocol says, and what it hashes here is as secret
    /// as its result.
    pub(crate) fn long_term(username: &str, realm: &str, password: &str) -> Self {
        Self::of(&Md5::digest(format!("{username}:{realm}:{password}")))
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, bytes))
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        sign(&self.0, bytes).as_ref().to_vec()
    }

    pub(super) fn is_signature(&self, bytes: &[u8], tag: &[u8]) -> bool {
        verify(&self.0, bytes, tag).is_ok()
    }
}

impl std::fmt::Debug for IntegrityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IntegrityKey")
    }
}
