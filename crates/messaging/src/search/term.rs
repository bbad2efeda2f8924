//! What is looked for in texts, and what that means for the indexes. Pure.

use super::fold::fold;
use super::grams::{self, Class};

/// Characters of a term that count: what comes after them does not narrow a search down any more.
const TERM_MAX: usize = 128;

/// Something that a text must contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As typed.
    text: String,
    folded: Vec<char>,
    /// Exactly so, not another form of the word.
    exact: bool,
}

impl Term {
    /// The term in `text`; `None` when nothing can be looked for by it: it is a single mark.
    pub fn new(text: &str, exact: bool) -> Option<Self> {
        let text = text.chars().take(TERM_MAX).collect::<String>();
        let folded = fold(&text).trim().chars().collect::<Vec<_>>();
        let term = Self { text, folded, exact };
        (term.has_trigrams() || term.grams().next().is_some()).then_some(term)
    }

    /// As typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it was put in quotes.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    pub(super) fn folded(&self) -> &[char] {
        &self.folded
    }

    fn has_trigrams(&self) -> bool {
        grams::has_trigrams(&self.folded)
    }

    /// The grams that a text has that contains it.
    pub(super) fn grams(&self) -> impl Iterator<Item = String> + use<> {
        grams::of_term(&self.folded, self.has_trigrams()).into_iter()
    }

    /// The pattern of LIKE for folded texts that contain it.
    pub(super) fn pattern(&self) -> String {
        let mut pattern = String::from("%");
        for c in &self.folded {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(*c);
        }
        pattern.push('%');
        pattern
    }

    /// The word of which another form is as good: a term that is one word and was not put in quotes.
    pub(super) fn word(&self) -> Option<String> {
        let mut runs = grams::runs(&self.folded);
        let one = matches!((runs.next(), runs.next()), (Some((Class::Word, _)), None));
        (one && !self.exact && self.has_trigrams()).then(|| self.folded.iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_literally() {
        let term = Term::new("100%_\\x", false).unwrap();
        assert_eq!(term.pattern(), "%100\\%\\_\\\\x%");
        assert_eq!(term.word(), None);
    }

    #[test]
    fn only_single_words_have_other_forms() {
        let word = |text, exact| Term::new(text, exact).unwrap().word();
        assert_eq!(word("Running", false).as_deref(), Some("running"));
        assert_eq!((word("Running", true), word("rm -rf", false), word("go", false)), (None, None, None));
        assert!(Term::new("$", false).is_none() && Term::new("🎉", false).is_some());
    }
}
