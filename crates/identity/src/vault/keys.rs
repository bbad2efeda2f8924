//! The keys of the configuration, and what is derived from each.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Okm, Prk, Salt};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use backbone::settings::Fault;
use data_encoding::BASE64;
use kernel::Internal;
use serde::{Deserialize, Deserializer};

use super::Purpose;

/// The length of a key, bytes.
const LENGTH: usize = 32;
/// A key's id is written into every value that is sealed with it.
const ID_MAX: usize = 32;
/// Searching looks under every key.
const COUNT_MAX: usize = 8;

/// The keys under which secrets are kept: a list of `id:base64`, each of 32 random bytes. The first one seals, all open.
///
/// An id is 1 to 32 lower-case letters, digits, `-` or `_`, and stays with its key for ever.
#[derive(Clone, Default)]
pub struct SecretKeys(Vec<String>);

impl SecretKeys {
    /// The keys of a list of `id:base64`. They are looked at by [`Self::fault`].
    pub fn new(keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// What is wrong with them.
    pub fn fault(&self) -> Option<Fault> {
        self.parse().err().map(|must| Fault::new("identity.keys", must))
    }

    pub(super) fn parse(&self) -> Result<Vec<(String, [u8; LENGTH])>, &'static str> {
        let keys = self.0.iter().map(|key| parse(key)).collect::<Result<Vec<_>, _>>()?;
        let mut ids = keys.iter().map(|(id, _)| id).collect::<Vec<_>>();
        ids.sort_unstable();
        ids.dedup();
        match keys.len() {
            0 => Err("must have a key: id:base64, of 32 random bytes (`openssl rand -base64 32`)"),
            count if count > COUNT_MAX => Err("must have at most 8 keys"),
            count if count > ids.len() => Err("must have an id of its own for each key"),
            _ => Ok(keys),
        }
    }
}

fn parse(key: &str) -> Result<(String, [u8; LENGTH]), &'static str> {
    let (id, key) = key.split_once(':').ok_or("must be a list of id:base64")?;
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if id.is_empty() || id.len() > ID_MAX || !id.bytes().all(letter) {
        return Err("must have ids of 1 to 32 lower-case letters, digits, - or _");
    }
    let bytes = BASE64.decode(key.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    Ok((id.into(), bytes.ok_or("must have keys of 32 bytes in base64 (`openssl rand -base64 32`)")?))
}

impl std::fmt::Debug for SecretKeys {
    /// Only how many.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretKeys").field("count", &self.0.len()).finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for SecretKeys {
    /// A list, or its items in one string, separated by commas: an environment variable can say no other.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        backbone::settings::list(deserializer).map(Self)
    }
}

/// What is done with one key of the configuration: each use has a key of its own, derived from it (RFC 5869).
pub(super) struct Key {
    pub(super) id: String,
    pub(super) sealing: LessSafeKey,
    phones: hmac::Key,
    codes: hmac::Key,
}

impl Key {
    pub(super) fn derive(id: String, key: &[u8; LENGTH]) -> Result<Self, Internal> {
        let root = Salt::new(HKDF_SHA256, b"guildhall vault 1").extract(key);
        let digests = |label: &'static str| expand(&root, label, HMAC_SHA256, |okm| hmac::Key::from(okm));
        Ok(Self {
            id,
            sealing: expand(&root, "seal", &AES_256_GCM, |okm| LessSafeKey::new(UnboundKey::from(okm)))?,
            phones: digests("phones")?,
            codes: digests("codes")?,
        })
    }

    pub(super) fn digests(&self, purpose: Purpose) -> &hmac::Key {
        match purpose {
            Purpose::Phones => &self.phones,
            Purpose::Codes => &self.codes,
        }
    }
}

fn expand<L: KeyType, T>(
    root: &Prk,
    label: &str,
    length: L,
    make: impl FnOnce(Okm<'_, L>) -> T,
) -> Result<T, Internal> {
    root.expand(&[label.as_bytes()], length)
        .map(make)
        .map_err(|_| Internal::new("a key could not be derived"))
}

impl std::fmt::Debug for Key {
    /// Only which.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn bad_keys_are_refused_without_being_told() {
        for bad in [
            vec![],
            vec![GOOD.into()],
            vec![format!(":{GOOD}")],
            vec![format!("A:{GOOD}")],
            vec![format!("{}:{GOOD}", "a".repeat(33))],
            vec![format!("a:{}", &GOOD[..40])],
            vec!["a:not base64".into()],
            vec![format!("a:{GOOD}"), format!("a:{GOOD}")],
            (0..9).map(|n| format!("{n}:{GOOD}")).collect(),
        ] {
            let error = SecretKeys::new(bad.clone()).fault().unwrap().must;
            assert!(error.starts_with("must") && !error.contains("AAEC"), "{bad:?}: {error}");
        }
        assert!(SecretKeys::new([format!("2026-11:{GOOD}"), format!("old_1:{GOOD}")]).fault().is_none());
    }

    #[test]
    fn keys_may_be_one_string_and_are_never_shown() {
        let json = format!("\"b:{GOOD}, a:{GOOD}\"");
        let keys: SecretKeys = serde_json::from_str(&json).unwrap();
        let ids = keys.parse().unwrap().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids, ["b", "a"]);
        let shown = format!("{keys:?} {:?}", Key::derive("a".into(), &[7; 32]).unwrap());
        assert!(!shown.contains("AAEC") && !shown.contains("7, 7"), "{shown}");
        let error = serde_json::from_str::<SecretKeys>("{\"a\": \"AAEC\"}").unwrap_err().to_string();
        assert!(!error.contains("AAEC"), "{error}");
    }
}
