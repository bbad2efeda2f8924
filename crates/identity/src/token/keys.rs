//! The keys that sign and check access tokens.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use kernel::Internal;

use super::{AUDIENCE, ISSUER};

/// A key, its name in tokens, and the one algorithm that it is used with.
#[derive(Clone)]
pub(super) struct Key {
    /// The header's `kid`: chooses among our own keys and nothing else.
    pub(super) id: String,
    pub(super) algorithm: Algorithm,
    pub(super) signing: EncodingKey,
    pub(super) checking: DecodingKey,
    pub(super) validation: Validation,
}

impl Key {
    /// HS256 with a secret that every gateway has.
    pub(super) fn shared(secret: &str) -> Self {
        let secret = secret.as_bytes();
        let (signing, checking) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self::new(secret, Algorithm::HS256, signing, checking)
    }

    /// EdDSA with an Ed25519 private key in PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` makes it.
    pub(super) fn private(pem: &[u8]) -> Result<Self, Internal> {
        let signing = EncodingKey::from_ed_pem(pem).map_err(Internal::new)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(signing.as_bytes()).map_err(Internal::new)?;
        let public = pair.public_key().as_ref();
        Ok(Self::new(public, Algorithm::EdDSA, signing, DecodingKey::from_ed_der(public)))
    }

    fn new(material: &[u8], algorithm: Algorithm, signing: EncodingKey, checking: DecodingKey) -> Self {
        // Pinned: what the token's own header asks for is never followed.
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Compared by us, with our clock.
        validation.validate_exp = false;
        let named = [b"guildhall access token key: ", material].concat();
        let id = digest(&SHA256, &named).as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { id, algorithm, signing, checking, validation }
    }
}
