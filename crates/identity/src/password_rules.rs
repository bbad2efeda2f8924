//! What a password may be.

use kernel::Invalid;
use zxcvbn::zxcvbn;

/// bcrypt reads no further.
const MAX_BYTES: usize = 72;
const MIN_CHARS: usize = 8;
/// A password that a guesser who knows people's habits tries before that many others is refused. The list that zxcvbn
/// brings has 30,000 passwords, and each that is on it stays below this with the usual ornaments: `P@ssw0rd`,
/// `sunshine2024`.
const GUESSES: u64 = 100_000;

/// What a password must have beside its length. Nothing, unless the settings say so: such rules make passwords worse.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PasswordRules {
    pub(crate) upper: bool,
    pub(crate) lower: bool,
    pub(crate) digit: bool,
}

impl PasswordRules {
    /// Notes under `field` what is wrong with a password that is to be set. `about` is what everybody knows of the
    /// account: its username, address and name.
    pub(crate) fn check(self, invalid: &mut Invalid, field: &str, password: &str, about: &[&str]) {
        if password.chars().count() < MIN_CHARS {
            invalid.add(field, "must have at least 8 characters");
        }
        if password.len() > MAX_BYTES || password.contains('\0') {
            // Not looked at further: how long that takes grows with it.
            invalid.add(field, "must be at most 72 bytes, without U+0000");
            return;
        }
        for (wanted, has, must) in [
            (self.upper, password.chars().any(char::is_uppercase), "must have an upper-case letter"),
            (self.lower, password.chars().any(char::is_lowercase), "must have a lower-case letter"),
            (self.digit, password.chars().any(char::is_numeric), "must have a digit"),
        ] {
            if wanted && !has {
                invalid.add(field, must);
            }
        }
        if is_public(password, about) {
            invalid.add(field, "must not be the username, the name or the e-mail address");
        } else if zxcvbn(password, about).guesses() < GUESSES {
            invalid.add(field, "must not be a common password, or a pattern that is guessed as soon");
        }
    }
}

fn is_public(password: &str, about: &[&str]) -> bool {
    let password = password.trim().to_lowercase();
    about.iter().map(|known| known.to_lowercase()).any(|known| {
        let local = known.split_once('@').map(|(local, _)| local);
        password == known || Some(password.as_str()) == local
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: [&str; 3] = ["ada.lovelace", "countess.of@example.org", "Ada Lovelace"];

    fn wrong(rules: PasswordRules, password: &str) -> String {
        let mut invalid = Invalid::default();
        rules.check(&mut invalid, "password", password, &ABOUT);
        invalid.to_string()
    }

    #[test]
    fn common_passwords_patterns_and_what_everybody_knows_are_refused() {
        for common in [
            "password",
            "12345678",
            "qwertyuiop",
            "P@ssw0rd",
            "Football1",
            "sunshine2024",
            "letmein123",
            "iloveyou1",
            "asdfghjkl1",
            "aaaaaaaaaaaa",
            "abcdefgh",
            "19901990",
            "trustno1",
            "changeme",
        ] {
            assert!(wrong(PasswordRules::default(), common).contains("common"), "{common}");
        }
        for public in ["Ada.Lovelace", "countess.of", "COUNTESS.OF@example.org", "ada lovelace"] {
            assert!(wrong(PasswordRules::default(), public).contains("username"), "{public}");
        }
        for good in
            ["correct horse battery", "a dozen bananas", "long enough", "Tr0ub4dor&3", "名前は何ですか私は"]
        {
            assert_eq!(wrong(PasswordRules::default(), good), "", "{good}");
        }
    }

    #[test]
    fn a_password_is_never_cut_and_never_short() {
        assert!(wrong(PasswordRules::default(), "qX7!mZp").contains("8 characters"));
        for long in ["ä".repeat(37), "x".repeat(1_000_000), "correct\0horse".into()] {
            assert!(wrong(PasswordRules::default(), &long).contains("72 bytes"));
        }
    }

    #[test]
    fn compositions_are_asked_for_only_when_configured() {
        let all = PasswordRules { upper: true, lower: true, digit: true };
        assert_eq!(wrong(all, "Correct horse 8attery"), "");
        assert!(wrong(all, "correct horse battery").contains("upper"));
        assert!(wrong(all, "CORRECT HORSE BATTERY 9").contains("lower"));
        assert!(wrong(all, "Correct horse battery").contains("digit"));
    }
}
