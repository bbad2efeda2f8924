//! Signatures of addresses under which a file can be had without a token, for some minutes. Pure.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use data_encoding::BASE64URL_NOPAD;
use kernel::{AttachmentId, Timestamp};

/// What keeps these signatures apart from all others that are made with the same secret.
const PURPOSE: &[u8] = b"guildhall: addresses of files, 1";

/// Signs addresses. All gateways of an installation must have the same secret.
#[derive(Clone)]
pub struct Signer {
    key: Key,
    /// Whose signatures are taken as well, while secrets are exchanged.
    accepted: Vec<Key>,
}

impl Signer {
    /// With a key made of `secret`; those made of the others in `accepted` are taken as well.
    pub fn new(secret: &str, accepted: &[String]) -> Self {
        Self { key: key(secret), accepted: accepted.iter().map(|secret| key(secret)).collect() }
    }

    /// The signature of a file's address: of the `part` of it that is wanted.
    pub(crate) fn sign(&self, id: AttachmentId, part: &str, until: Timestamp) -> String {
        BASE64URL_NOPAD.encode(sign(&self.key, signed(id, part, until).as_bytes()).as_ref())
    }

    /// Whether it is one of ours.
    pub(crate) fn is_ours(&self, id: AttachmentId, part: &str, until: Timestamp, signature: &str) -> bool {
        let Ok(given) = BASE64URL_NOPAD.decode(signature.as_bytes()) else { return false };
        let signed = signed(id, part, until);
        let mut keys = std::iter::once(&self.key).chain(&self.accepted);
        keys.any(|key| verify(key, signed.as_bytes(), &given).is_ok())
    }
}

fn key(secret: &str) -> Key {
    let key = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), PURPOSE);
    Key::new(HMAC_SHA256, key.as_ref())
}

fn signed(id: AttachmentId, part: &str, until: Timestamp) -> String {
    format!("{id} {part} {until}")
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn a_signature_is_of_one_file_one_part_one_end_and_one_secret() {
        let env = Env::system();
        let (id, until) = (env.id(), env.now());
        let (ours, theirs) = (Signer::new("ours", &[]), Signer::new("theirs", &[]));
        let signature = ours.sign(id, "200", until);
        assert!(ours.is_ours(id, "200", until, &signature));
        assert!(!ours.is_ours(env.id(), "200", until, &signature));
        assert!(!ours.is_ours(id, "whole", until, &signature));
        assert!(!ours.is_ours(id, "200", until.plus(chrono::TimeDelta::milliseconds(1)), &signature));
        assert!(!theirs.is_ours(id, "200", until, &signature));
        assert!(Signer::new("theirs", &["ours".into()]).is_ours(id, "200", until, &signature));
        for wrong in ["", "AAAA", "not base64!", &signature[1..]] {
            assert!(!ours.is_ours(id, "200", until, wrong), "{wrong}");
        }
    }
}
