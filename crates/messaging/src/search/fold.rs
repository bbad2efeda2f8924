//! Text as it is compared: compatibility forms, case, white space and invisible characters do not matter. Pure.

use kernel::text::is_mark;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// A folded text that knows where each of its characters came from.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) chars: Vec<char>,
    /// For each character: from where to where in the text as written, in UTF-16 code units.
    origins: Vec<(u32, u32)>,
}

impl Folded {
    /// `text`, folded.
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self::default();
        let mut at = 0;
        for letter in letters(text) {
            let end = letter.chars().fold(at, |end, c| end + if u32::from(c) > 0xFFFF { 2 } else { 1 });
            for c in letter.nfkc().flat_map(char::to_lowercase) {
                folded.push(c, (at, end));
            }
            at = end;
        }
        folded
    }

    fn push(&mut self, c: char, origin: (u32, u32)) {
        if c.is_whitespace() {
            // Runs of it are one space.
            if self.chars.last() == Some(&' ') {
                return;
            }
            self.chars.push(' ');
        } else if is_seen(c) {
            self.chars.push(c);
        } else {
            return;
        }
        self.origins.push(origin);
    }

    /// Where the characters from `start` to before `end` stand in the text as written, in UTF-16 code units.
    pub(super) fn origin(&self, start: usize, end: usize) -> Option<(u32, u32)> {
        let first = self.origins.get(start)?;
        let last = self.origins.get(end.checked_sub(1)?)?;
        Some((first.0, last.1))
    }

    /// The text.
    pub(super) fn text(&self) -> String {
        self.chars.iter().collect()
    }
}

/// `text`, folded.
pub(super) fn fold(text: &str) -> String {
    Folded::new(text).text()
}

/// Each letter with the marks that belong to it: what is folded together.
fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().skip(1).find(|(_, c)| !is_mark(*c)).map_or(rest.len(), |(at, _)| at);
        let (letter, after) = rest.split_at_checked(end)?;
        rest = after;
        (!letter.is_empty()).then_some(letter)
    })
}

/// Not control characters, joiners, direction marks and variation selectors.
fn is_seen(c: char) -> bool {
    let hidden = matches!(c.general_category(), GeneralCategory::Control | GeneralCategory::Format);
    !hidden && !matches!(c, '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(fold("Größe"), fold("GRO\u{308}ßE"));
        assert_eq!(fold("ＡＢＣ　１２"), "abc 12");
        assert_eq!(fold("a \n\t b"), "a b");
        assert_eq!(fold("❤\u{fe0f}"), fold("❤"));
    }

    #[test]
    fn origins_are_utf_16() {
        let folded = Folded::new("🎉 Äx");
        assert_eq!(folded.text(), "🎉 äx");
        assert_eq!((folded.origin(0, 1), folded.origin(2, 4)), (Some((0, 2)), Some((3, 5))));
        assert_eq!(folded.origin(2, 9), None);
    }

    proptest! {
        #[test]
        fn every_character_has_an_origin_inside_the_text(text in ".{0,60}") {
            let folded = Folded::new(&text);
            let length = u32::try_from(text.encode_utf16().count()).unwrap();
            prop_assert_eq!(folded.chars.len(), folded.origins.len());
            prop_assert!(folded.origins.iter().all(|(start, end)| start < end && *end <= length));
        }
    }
}
