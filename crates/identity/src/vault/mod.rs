//! Secrets at rest: sealed with a key of the configuration before they are stored, bound to their place.
//!
//! AES-256-GCM with random 96-bit nonces. One key may seal 2³² values (NIST SP 800-38D, 8.3): rotate long before.

mod columns;
mod keys;
mod sealed;

use std::sync::Arc;

use aws_lc_rs::aead::{Aad, Nonce};
use aws_lc_rs::hmac;
use kernel::{Env, Internal};

use keys::Key;

pub(crate) use columns::{COLUMNS, Column, FACTOR_PHONE, FACTOR_SECRET, PHONE, Place};
pub use keys::SecretKeys;

/// What a keyed hash is for: the same value has different hashes for different purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Finding phone numbers.
    Phones,
    /// Codes that are too short for a plain hash.
    Codes,
}

/// Why a sealed value does not open.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unopened {
    /// No key of the configuration has this id.
    #[error("{place} is sealed with the key {key_id:?}, which identity.keys lacks")]
    UnknownKey { place: String, key_id: String },
    /// It was changed, comes from another place, or the key of this id is another one now.
    #[error("{0} does not open: changed, moved, or sealed with another key of the same id")]
    Damaged(String),
}

/// Seals and opens. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Vault {
    env: Env,
    /// Not empty; the first one seals.
    keys: Arc<[Key]>,
}

impl Vault {
    pub(crate) fn new(env: Env, keys: &SecretKeys) -> Result<Self, Internal> {
        let keys = keys.parse().map_err(|must| Internal::new(format!("identity.keys {must}")))?;
        let keys = keys.into_iter().map(|(id, key)| Key::derive(id, &key)).collect::<Result<_, _>>()?;
        Ok(Self { env, keys })
    }

    /// `plain`, to be stored at `place`.
    pub(crate) fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, Internal> {
        let key = self.writing()?;
        let (head, nonce) = (sealed::head(&key.id), self.env.bytes());
        let mut text = plain.to_vec();
        key.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(&head, place), &mut text)
            .map_err(|_| Internal::new("a secret could not be sealed"))?;
        Ok([head, nonce.to_vec(), text].concat())
    }

    /// What was sealed and stored at `place`.
    pub(crate) fn open(&self, place: Place, value: &[u8]) -> Result<Vec<u8>, Unopened> {
        let damaged = || Unopened::Damaged(place.to_string());
        let sealed = sealed::take_apart(value).ok_or_else(damaged)?;
        let key = self
            .keys
            .iter()
            .find(|key| key.id == sealed.key_id)
            .ok_or_else(|| Unopened::UnknownKey { place: place.to_string(), key_id: sealed.key_id.into() })?;
        let (head, nonce) = (sealed::head(&key.id), Nonce::assume_unique_for_key(sealed.nonce));
        let mut text = sealed.ciphertext.to_vec();
        let plain = key.sealing.open_in_place(nonce, aad(&head, place), &mut text).map_err(|_| damaged())?;
        Ok(plain.to_vec())
    }

    /// As [`Self::open`], for text.
    pub(crate) fn open_text(&self, place: Place, value: &[u8]) -> Result<String, Internal> {
        String::from_utf8(self.open(place, value)?).map_err(Internal::new)
    }

    /// How every value begins that the first key seals now.
    pub(crate) fn head(&self) -> Result<Vec<u8>, Internal> {
        Ok(sealed::head(&self.writing()?.id))
    }

    /// The keyed hash under the first key: to be stored.
    pub(crate) fn digest(&self, purpose: Purpose, value: &[u8]) -> Result<Vec<u8>, Internal> {
        Ok(digest(self.writing()?, purpose, value))
    }

    /// The keyed hashes under every key: to be looked for.
    pub(crate) fn digests(&self, purpose: Purpose, value: &[u8]) -> Vec<Vec<u8>> {
        self.keys.iter().map(|key| digest(key, purpose, value)).collect()
    }

    /// Whether `hash` is that of `value` under any key; takes as long wherever they differ.
    pub(crate) fn is_digest(&self, purpose: Purpose, value: &[u8], hash: &[u8]) -> bool {
        self.keys.iter().any(|key| hmac::verify(key.digests(purpose), value, hash).is_ok())
    }

    /// The ids of all keys.
    pub(crate) fn key_ids(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.id.clone()).collect()
    }

    fn writing(&self) -> Result<&Key, Internal> {
        self.keys.first().ok_or_else(|| Internal::new("there is no key to seal with"))
    }
}

fn digest(key: &Key, purpose: Purpose, value: &[u8]) -> Vec<u8> {
    hmac::sign(key.digests(purpose), value).as_ref().to_vec()
}

/// What is authenticated beside the secret.
fn aad(head: &[u8], place: Place) -> Aad<Vec<u8>> {
    Aad::from([head, &place.bytes()].concat())
}

impl From<Unopened> for Internal {
    fn from(error: Unopened) -> Self {
        Self::new(error)
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use uuid::Uuid;

    use super::*;

    /// Keys of repeated bytes, under ids.
    fn vault(keys: &[(&str, u8)]) -> Vault {
        let keys = keys.iter().map(|(id, byte)| format!("{id}:{}", BASE64.encode(&[*byte; 32])));
        Vault::new(Env::system(), &SecretKeys::new(keys)).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_at_its_place_and_nowhere_else() {
        let (vault, row) = (vault(&[("a", 1)]), Uuid::from_u128(1));
        let sealed = vault.seal(PHONE.of(row), b"+49301234567").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"4930"));
        assert_eq!(vault.open(PHONE.of(row), &sealed).unwrap(), b"+49301234567");
        for place in [PHONE.of(Uuid::from_u128(2)), FACTOR_PHONE.of(row), FACTOR_SECRET.of(row)] {
            assert_eq!(vault.open(place, &sealed), Err(Unopened::Damaged(place.to_string())));
        }
        assert_ne!(
            vault.seal(PHONE.of(row), b"+49301234567").unwrap(),
            sealed,
            "each has a nonce of its own"
        );
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let (vault, place) = (vault(&[("a", 1), ("b", 2)]), PHONE.of(Uuid::nil()));
        let sealed = vault.seal(place, b"secret").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 3; // makes the key's id "a" a "b"
            assert!(vault.open(place, &changed).is_err(), "byte {index}");
            assert!(vault.open(place, &sealed[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn keys_are_known_by_their_ids() {
        let place = PHONE.of(Uuid::nil());
        let sealed = vault(&[("a", 1)]).seal(place, b"secret").unwrap();
        let unknown = Unopened::UnknownKey { place: place.to_string(), key_id: "a".into() };
        assert_eq!(vault(&[("b", 1)]).open(place, &sealed), Err(unknown));
        assert_eq!(vault(&[("a", 2)]).open(place, &sealed), Err(Unopened::Damaged(place.to_string())));
    }

    #[test]
    fn after_a_rotation_both_keys_open_and_the_new_one_seals() {
        let (old, both, new) = (vault(&[("a", 1)]), vault(&[("b", 2), ("a", 1)]), vault(&[("b", 2)]));
        let place = PHONE.of(Uuid::nil());
        let sealed = old.seal(place, b"secret").unwrap();
        let again = both.seal(place, &both.open(place, &sealed).unwrap()).unwrap();
        assert!(again.starts_with(&both.head().unwrap()) && !sealed.starts_with(&both.head().unwrap()));
        assert_eq!(new.open(place, &again).unwrap(), b"secret");
        let hash = old.digest(Purpose::Phones, b"+49301").unwrap();
        assert!(both.digests(Purpose::Phones, b"+49301").contains(&hash));
        assert!(both.is_digest(Purpose::Phones, b"+49301", &hash));
        assert!(!new.is_digest(Purpose::Phones, b"+49301", &hash));
        assert!(!both.is_digest(Purpose::Codes, b"+49301", &hash), "each purpose has a key of its own");
    }

    #[test]
    fn no_key_is_shown() {
        let shown = format!("{:?}", vault(&[("a", 0xab)]));
        assert!(!shown.contains("171, 171") && !shown.to_lowercase().contains("abab"), "{shown}");
    }
}
