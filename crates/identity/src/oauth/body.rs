//! What a frontend sends.

use data_encoding::BASE64URL_NOPAD;
use kernel::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::PREFIX;
use crate::bearer::{Hash, Secret, hash};
use crate::factor::Given;

/// Who comes back from a provider.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OauthCodeBody {
    /// The `code` with which the browser came to the frontend's page.
    #[schema(example = "gho_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
    pub code: String,
    /// What `challenge` was made of when the login began, 43 to 128 characters.
    #[schema(example = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", min_length = 43, max_length = 128)]
    pub verifier: String,
    /// To log in to an account with a second factor: six digits, or a recovery code.
    #[schema(example = "287082")]
    pub verification_code: Option<String>,
}

/// Who wants a provider's user to be able to log in to their account.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkBody {
    /// The `code` with which the browser came to the frontend's page.
    #[schema(example = "gho_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
    pub code: String,
    /// What `challenge` was made of when the login began, 43 to 128 characters.
    #[schema(example = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", min_length = 43, max_length = 128)]
    pub verifier: String,
    /// The account's password. Needed unless the login to it is less than ten minutes old.
    #[schema(example = "correct horse battery")]
    pub password: Option<String>,
}

/// A code and the proof that who has it began.
pub(crate) struct Presented {
    pub(crate) code: Option<Hash>,
    pub(crate) challenge: Hash,
}

impl Presented {
    pub(crate) fn parse(code: &str, verifier: &str) -> Result<Self, Invalid> {
        let verifier = verifier.as_bytes();
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
        if !(43..=128).contains(&verifier.len()) || !verifier.iter().all(plain) {
            return Err(Invalid::field("verifier", "must be 43 to 128 of A-Z a-z 0-9 - . _ ~"));
        }
        // What is no code is an unknown one.
        let code = Secret::parse(PREFIX, code.trim()).map(|secret| secret.hash());
        Ok(Self { code, challenge: hash(verifier) })
    }
}

impl OauthCodeBody {
    /// What was given of the second factor.
    pub(crate) fn second(&self) -> Result<Option<Given>, Invalid> {
        self.verification_code.as_deref().map(|code| Given::parse("verificationCode", code)).transpose()
    }
}

/// The SHA-256 in a `challenge`.
pub(crate) fn challenge(text: &str) -> Result<Hash, Invalid> {
    let hash = BASE64URL_NOPAD.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    hash.ok_or_else(|| {
        Invalid::field("challenge", "must be the SHA-256 of a verifier, in base64url: 43 characters")
    })
}

impl std::fmt::Debug for LinkBody {
    /// Without the code and the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkBody").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for OauthCodeBody {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OauthCodeBody").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_belongs_to_its_challenge() {
        // The example of RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let known = challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        let parse = |verifier: &str| Presented::parse("gho_x", verifier);
        let presented = parse(verifier).ok().unwrap();
        assert!(presented.challenge == known && presented.code.is_none());
        for bad in ["", &verifier[1..], &"x".repeat(129), &verifier.replace('-', "+")] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "x", verifier.replace('-', "+").as_str(), &"A".repeat(44)] {
            assert!(challenge(bad).is_err(), "{bad}");
        }
    }
}
