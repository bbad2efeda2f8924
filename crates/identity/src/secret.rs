//! Codes and tokens that are mailed to somebody and come back. The database has only what a key that it does not have
//! makes of them: six digits would be guessed from a plain hash at once.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use kernel::{Env, UserId};

/// Digits of a code that is typed.
const DIGITS: usize = 6;
/// Random bytes of a token that is clicked.
const BYTES: usize = 32;
/// What tells a reset token from other secrets.
const PREFIX: &str = "ghx_";

/// What a secret is good for. A code for one thing is worth nothing for another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Verify,
    LeaveAddress,
    TakeAddress,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Verify => b"verify",
            Self::LeaveAddress => b"leave-address",
            Self::TakeAddress => b"take-address",
        }
    }
}

/// Makes of secrets what the database keeps.
#[derive(Clone)]
pub(crate) struct Digests(hmac::Key);

impl Digests {
    pub(crate) fn new(secret: &str) -> Self {
        let own = hmac::sign(&hmac::Key::new(HMAC_SHA256, secret.as_bytes()), b"guildhall mailed secrets");
        Self(hmac::Key::new(HMAC_SHA256, own.as_ref()))
    }

    pub(crate) fn code(&self, purpose: Purpose, user: UserId, code: &str) -> Vec<u8> {
        self.digest(&[purpose.label(), user.uuid().as_bytes(), code.trim().as_bytes()])
    }

    pub(crate) fn token(&self, token: &str) -> Vec<u8> {
        self.digest(&[b"reset", token.trim().as_bytes()])
    }

    fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
            context.update(&[0]);
        }
        context.sign().as_ref().to_vec()
    }
}

impl std::fmt::Debug for Digests {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digests(hidden)")
    }
}

/// A code for a letter.
pub(crate) fn code(env: &Env) -> String {
    env.code(b"0123456789", DIGITS)
}

/// A token for a link.
pub(crate) fn token(env: &Env) -> String {
    let hex = env.bytes::<BYTES>().map(|byte| format!("{byte:02x}")).concat();
    format!("{PREFIX}{hex}")
}

/// Whether a digest is the kept one, in a time that says nothing of where they differ. Not when none is kept.
pub(crate) fn is(kept: Option<&[u8]>, digest: &[u8]) -> bool {
    kept.is_some_and(|kept| verify_slices_are_equal(kept, digest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_one_thing_of_one_account_under_one_key() {
        let env = Env::system();
        let (ours, theirs) = (Digests::new("one secret"), Digests::new("another"));
        let (ada, bob) = (env.id(), env.id());
        let kept = ours.code(Purpose::Verify, ada, "012345");
        assert!(is(Some(&kept), &ours.code(Purpose::Verify, ada, " 012345 ")));
        for other in [
            ours.code(Purpose::Verify, ada, "012346"),
            ours.code(Purpose::Verify, bob, "012345"),
            ours.code(Purpose::TakeAddress, ada, "012345"),
            theirs.code(Purpose::Verify, ada, "012345"),
            Vec::new(),
        ] {
            assert!(!is(Some(&kept), &other));
        }
        assert!(!is(None, &kept));
    }

    #[test]
    fn secrets_have_their_shape_and_differ() {
        let env = Env::system();
        assert!(code(&env).len() == 6 && code(&env).bytes().all(|byte| byte.is_ascii_digit()));
        assert!(token(&env).len() == 68 && token(&env) != token(&env));
    }
}
