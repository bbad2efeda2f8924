//! Recovery codes: for those who lost their phone. Each works once.

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{Env, UserId};

/// Codes that one gets at once.
pub(crate) const COUNT: usize = 10;
/// Crockford's base 32: no letter looks like a digit.
const ALPHABET: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 80 bits: nobody guesses one, so a plain hash will do.
const LENGTH: usize = 16;
const GROUP: usize = 4;

/// A recovery code without its dashes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecoveryCode(String);

impl RecoveryCode {
    /// A new one.
    pub(crate) fn new(env: &Env) -> Self {
        Self(env.code(ALPHABET, LENGTH))
    }

    /// The code that somebody typed: case, dashes and spaces do not matter, nor does `O` for 0 or `I`, `L` for 1.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|c| !matches!(c, '-' | ' ')).take(LENGTH + 1);
        let code = letters
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect::<String>();
        let good = code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b));
        good.then_some(Self(code))
    }

    /// What is stored: different for different accounts.
    pub(crate) fn hash(&self, user: UserId) -> Vec<u8> {
        let text = [b"recovery code\0", user.uuid().as_bytes().as_slice(), self.0.as_bytes()].concat();
        digest(&SHA256, &text).as_ref().to_vec()
    }

    /// As one writes it down: `3f8k-2m9q-0w7x-5c1v`.
    pub(crate) fn written(&self) -> String {
        let mut written = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (index, letter) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                written.push('-');
            }
            written.push(letter);
        }
        written
    }
}

impl std::fmt::Debug for RecoveryCode {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecoveryCode").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_written_and_as_people_type_it() {
        let code = RecoveryCode::new(&Env::system());
        let written = code.written();
        assert_eq!((written.len(), written.matches('-').count()), (19, 3));
        for typed in
            [written.clone(), written.to_uppercase(), written.replace('-', " "), written.replace('-', "")]
        {
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        assert_eq!(RecoveryCode::parse("OI00-L000-0000-0000"), RecoveryCode::parse("0100100000000000"));
        for other in [
            "",
            "123456",
            "0100-1000-0000-000",
            "0100-1000-0000-00000",
            "u100100000000000",
            "ö10010000000000",
        ] {
            assert_eq!(RecoveryCode::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_hash_is_of_one_account() {
        let (env, code) = (Env::system(), RecoveryCode::new(&Env::system()));
        let (ada, ben): (UserId, UserId) = (env.id(), env.id());
        assert_eq!(code.hash(ada), RecoveryCode::parse(&code.written()).unwrap().hash(ada));
        assert_ne!(code.hash(ada), code.hash(ben));
    }
}
