//! What to search people for.

use kernel::{Invalid, Limit};
use unicode_normalization::UnicodeNormalization;

use crate::Phone;

/// How many people a page has: 20 unless said otherwise, at most 50.
pub type SearchLimit = Limit<20, 50>;

/// Characters that a search needs.
const MIN: usize = 2;
/// Characters that it may have: as many as an e-mail address.
const MAX: usize = 254;
/// Characters from which on names that are only alike are looked for. With fewer nearly all are.
const ALIKE_MIN: usize = 3;

/// A search for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Folded as names are compared.
    pub(crate) text: String,
}

impl Wanted {
    /// A search for `text`. In the errors it is called `field`.
    ///
    /// # Errors
    /// It is too short or too long.
    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        // What the database cannot hold is in nobody's name.
        let text = text.nfkc().filter(|c| !c.is_control()).collect::<String>().to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.strip_prefix('@').unwrap_or(&text).to_string();
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(Invalid::field(field, format!("must have {MIN} to {MAX} characters")));
        }
        Ok(Self { text })
    }

    /// The form in which e-mail addresses are compared, when it could be one.
    pub(crate) fn email_key(&self) -> Option<&str> {
        self.text.contains('@').then_some(&self.text)
    }

    /// The phone number that it is, when it is one. In a query string an unescaped `+` is a space: one without it is
    /// taken for one with it.
    pub(crate) fn phone(&self) -> Option<Phone> {
        Phone::parse(&self.text).or_else(|_| Phone::parse(&format!("+{}", self.text))).ok()
    }

    /// Whether names that are only alike are worth a look.
    pub(crate) fn allows_alike(&self) -> bool {
        self.text.chars().filter(|c| c.is_alphanumeric()).count() >= ALIKE_MIN
    }

    /// What comes after everything that begins with the text: U+10FFFF is no character of any name.
    pub(crate) fn end(&self) -> String {
        format!("{}\u{10ffff}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn a_search_is_folded_and_has_a_length() {
        let text = |text| Wanted::parse("query", text).map(|wanted| wanted.text).ok();
        assert_eq!(text("  @Ada  LOVELACE\0 ").as_deref(), Some("ada lovelace"));
        assert_eq!(text("ＡＤＡ").as_deref(), Some("ada"));
        for bad in ["", "a", " a ", "@a", "\0\0\0", &"x".repeat(255)] {
            assert_eq!(text(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_number_is_one_however_it_is_written() {
        let phone = |text| Wanted::parse("query", text).unwrap().phone().map(|p| p.as_str().to_string());
        for text in ["+49 30 1234-5678", " 493012345678", "+49 (30) 12345678", "＋４９３０１２３４５６７８"]
        {
            assert_eq!(phone(text).as_deref(), Some("+493012345678"), "{text}");
        }
        for text in ["ada", "ada 493012345678", "030 12345678", "+49", "1984"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn signs_alone_are_like_nothing() {
        let alike = |text| Wanted::parse("query", text).unwrap().allows_alike();
        assert!(alike("ada") && alike("a.d_a"));
        assert!(!alike("%%%%") && !alike("ad%_\\"));
    }
}
