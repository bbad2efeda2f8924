//! Usernames: what they may be, when two are the same, and how one is made from another name.

use kernel::text::is_mark;
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

const MIN: usize = 2;
const MAX: usize = 32;

/// A username that obeys the rules: NFKC, 2 to 32 letters, digits, `_`, `.`, `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// The username in `text`.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let name = text.trim().nfkc().collect::<String>();
        let length = name.chars().count();
        let name = Self(name);
        let readable = name.0.chars().all(allowed) && !name.0.starts_with(is_mark) && !name.key().is_empty();
        if !(MIN..=MAX).contains(&length) || !readable {
            return Err("must be 2 to 32 letters, digits or _ . -");
        }
        Ok(name)
    }

    /// A username as near to `name` as the rules allow: other characters become `_`.
    pub fn derive(name: &str) -> Self {
        let mut derived = String::new();
        for c in name.trim().nfkc() {
            let c = if allowed(c) { c } else { '_' };
            if !(c == '_' && derived.ends_with('_')) {
                derived.push(c);
            }
        }
        let trimmed =
            derived.trim_matches('_').trim_start_matches(is_mark).chars().take(MAX).collect::<String>();
        Self(if trimmed.chars().count() < MIN {
            format!("user-{trimmed}").trim_end_matches('-').into()
        } else {
            trimmed
        })
    }

    /// The same name with `-number` at its end, shortened where it would be too long.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let kept = self.0.chars().take(MAX - suffix.len()).collect::<String>();
        Self(kept + &suffix)
    }

    /// As its owner wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Equal for names that differ only in case or look alike (the skeleton of Unicode Technical Standard 39).
    pub fn key(&self) -> String {
        skeleton(&self.0.to_lowercase()).collect::<String>().to_lowercase()
    }
}

fn allowed(c: char) -> bool {
    // The Hangul fillers are letters that cannot be seen.
    let unseen = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    (c.is_alphanumeric() && !unseen) || matches!(c, '_' | '.' | '-') || is_mark(c)
}

#[cfg(test)]
mod tests {
    use super::Username;

    fn key(name: &str) -> String {
        Username::parse(name).unwrap().key()
    }

    #[test]
    fn what_a_username_may_be() {
        for good in ["ada", "a.b-c_d", "Jürgen", "名前", " ada ", "42"] {
            assert!(Username::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a b",
            "a@b",
            "<b>",
            "a\0b",
            "a\u{202e}b",
            &"x".repeat(33),
            "\u{301}ab",
            "\u{3164}\u{3164}",
        ] {
            assert!(Username::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn case_and_look_alikes_are_the_same_name() {
        let ada = key("admin");
        for same in ["Admin", "ADMIN", "аdmin", "ａｄｍｉｎ"] {
            assert_eq!(key(same), ada, "{same}");
        }
        assert_ne!(key("admins"), ada);
    }

    #[test]
    fn derived_names_obey_the_rules() {
        for (name, derived) in [
            ("Ada Lovelace", "Ada_Lovelace"),
            ("[foo]^", "foo"),
            ("|", "user"),
            ("x", "user-x"),
            ("`^`", "user"),
        ] {
            let name = Username::derive(name);
            assert_eq!(name.as_str(), derived);
            assert_eq!(Username::parse(name.as_str()).unwrap(), name);
        }
        let long = Username::derive(&"y".repeat(50)).numbered(12);
        assert_eq!(Username::parse(long.as_str()).unwrap(), long);
        assert!(long.as_str().ends_with("yy-12"));
    }
}
