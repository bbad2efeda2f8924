//! Credentials of TURN servers that hold for a while: the TURN REST API, coturn's `use-auth-secret`.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use data_encoding::BASE64;
use kernel::Timestamp;

/// A name and a password for TURN servers. Whoever has the secret can check them without asking us: the name says until
/// when they hold and whose they are, the password is a signature of the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `<seconds since 1970>:<whose>`.
    pub username: String,
    /// The HMAC-SHA1 of the name under the secret, in Base64. SHA-1 is what the servers know; for a HMAC it is good enough.
    pub password: String,
}

impl Credentials {
    /// Those of `whose` until `expires_at`, which is rounded down to a second.
    pub fn issue(secret: &str, whose: &str, expires_at: Timestamp) -> Self {
        let username = format!("{}:{whose}", expires_at.seconds());
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        let password = BASE64.encode(sign(&key, username.as_bytes()).as_ref());
        Self { username, password }
    }
}

impl std::fmt::Debug for Credentials {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of at least thirty-two characters";
    const ADA: &str = "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30";

    #[test]
    fn they_are_what_openssl_makes_of_the_same() {
        // printf '1700000000:01890a63-…' | openssl dgst -sha1 -hmac "$SECRET" -binary | base64
        let expires_at = Timestamp::from_millis(1_700_000_000_999).unwrap();
        let made = Credentials::issue(SECRET, ADA, expires_at);
        assert_eq!(made.username, format!("1700000000:{ADA}"));
        assert_eq!(made.password, "+1Me0zzTO4ghhrOsoGOjz5yMjwE=");
        assert!(!format!("{made:?}").contains(&made.password));
    }

    #[test]
    fn they_hold_for_one_name_one_end_and_one_secret() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000).unwrap();
        let one = Credentials::issue(SECRET, ADA, at(1_700_000_000));
        for other in [
            Credentials::issue(SECRET, "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f31", at(1_700_000_000)),
            Credentials::issue(SECRET, ADA, at(1_700_000_001)),
            Credentials::issue("another secret of at least 32 characters", ADA, at(1_700_000_000)),
        ] {
            assert_ne!(one.password, other.password);
        }
    }
}
