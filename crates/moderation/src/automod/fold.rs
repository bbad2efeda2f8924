//! Text as rules compare it: who writes a word in another way does not get past a rule by that.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_security::confusable_detection::skeleton;

/// A text as words: lower case, without accents, look-alikes of other scripts made Latin, one space before each word and
/// behind the last. Everything that is no letter, digit or pictogram ends a word; a pictogram is a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folded {
    /// As it is written.
    pub(crate) plain: String,
    /// With digits and signs read as the letters that they are used for, where a word has letters as well; `None` when
    /// that changes nothing.
    pub(crate) read: Option<String>,
}

impl Folded {
    pub(crate) fn new(text: &str) -> Self {
        let canonical = canonical(text);
        let plain = words(canonical.chars());
        let read = words(reading(&canonical).chars());
        Self { read: (read != plain).then_some(read), plain }
    }
}

/// Whether any character of a pattern is one that is compared.
pub(crate) fn folds_to_something(text: &str) -> bool {
    words(canonical(text).chars()) != " "
}

/// What two texts have in common that are nearly the same: the letters, without regard to case, accents and look-alikes,
/// however often each is repeated. Digits, signs and spaces do not count, unless there is nothing else.
pub(crate) fn gist(text: &str) -> String {
    let canonical = canonical(text);
    let squeezed = |keep: fn(char) -> bool| {
        let mut gist = String::new();
        for c in canonical.chars().filter(|c| keep(*c)) {
            if !gist.ends_with(c) {
                gist.push(c);
            }
        }
        gist
    };
    let letters = squeezed(char::is_alphabetic);
    if letters.is_empty() { squeezed(|c| !c.is_whitespace()) } else { letters }
}

/// A text without what cannot be seen, in the compatible form of its characters, as it is needed for addresses and codes.
pub(crate) fn visible(text: &str) -> String {
    let seen = text.nfkc().filter(|c| !is_ignorable(*c));
    seen.map(|c| if c == '\u{3002}' { '.' } else { c }).collect()
}

/// Lower case, without accents and invisible characters, with look-alikes folded: what is not ASCII becomes the
/// prototype of UTS 39 for its lower case, as in usernames. ASCII stays, for there the prototypes make "burn" the same
/// as "bum".
fn canonical(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let lower = text.nfkd().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase);
    for c in lower {
        // The same letter at the end of a word.
        let c = if c == 'ς' { 'σ' } else { c };
        if c.is_ascii() {
            folded.push(c);
            continue;
        }
        let mut buffer = [0; 4];
        let prototype = skeleton(c.encode_utf8(&mut buffer)).flat_map(char::to_lowercase);
        folded.extend(prototype.filter(|c| !is_accent(*c)));
    }
    folded
}

/// The words, each with a space before it, and one behind the last.
fn words(text: impl Iterator<Item = char>) -> String {
    let mut words = String::from(" ");
    let end = |words: &mut String| {
        if !words.ends_with(' ') {
            words.push(' ');
        }
    };
    for c in text {
        if is_letter(c) {
            words.push(c);
        } else {
            end(&mut words);
            if is_pictogram(c) {
                words.push(c);
                words.push(' ');
            }
        }
    }
    end(&mut words);
    words
}

/// The text with digits and signs read as letters, in words that have a letter.
fn reading(text: &str) -> String {
    let is_part = |c: char| is_letter(c) || stands_for(c).is_some();
    let mut reading = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !is_part(c)) {
        if piece.chars().any(char::is_alphabetic) {
            reading.extend(piece.chars().map(|c| stands_for(c).unwrap_or(c)));
        } else {
            reading.push_str(piece);
        }
    }
    reading
}

/// The letter that a digit or sign is used for.
const fn stands_for(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || kernel::text::is_mark(c)
}

fn is_pictogram(c: char) -> bool {
    !c.is_ascii() && c.general_category() == GeneralCategory::OtherSymbol
}

/// An accent of Latin, Greek or Cyrillic letters. The marks of other scripts are vowels.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A character without a shape: `Default_Ignorable_Code_Point` of Unicode 16.
const fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        Folded::new(text).plain
    }

    #[test]
    fn ways_to_write_a_word_are_one() {
        for way in [
            "spam",
            "SPAM",
            "ｓｐａｍ",
            "sраm",
            "s\u{200b}p\u{2060}a\u{feff}m",
            "spám",
            "s\u{336}p\u{336}a\u{336}m\u{336}",
            "𝓼𝓹𝓪𝓶",
            "ⓢⓟⓐⓜ",
            "s\u{ad}pam",
            "spa\u{fe0f}m",
            "!!spam??",
        ] {
            assert_eq!(plain(way), " spam ", "{way}");
        }
        assert_eq!(Folded::new("$p4m").read.unwrap(), " spam ");
        assert_eq!(plain("two, words!"), " two words ");
        assert_eq!(plain("a🍆b🍆🍆"), " a 🍆 b 🍆 🍆 ");
        assert_eq!(plain(" \u{200b}\n…"), " ");
    }

    #[test]
    fn what_differs_stays_different() {
        assert_ne!(plain("burn"), plain("bum"));
        assert_ne!(plain("com"), plain("corn"));
        // Numbers are numbers.
        assert_eq!(Folded::new("455 $100").read, None);
        assert_ne!(plain("कि"), plain("कु"), "vowel signs are no accents");
        assert_eq!(plain("ВОДА"), plain("вода"));
    }

    #[test]
    fn the_gist_is_what_is_nearly_the_same() {
        for same in ["BUY NOW!!!", "buy  now", "buuuy... nooow 123", "ｂｕｙ\u{200b} now 7"] {
            assert_eq!(gist(same), gist("buy now"), "{same}");
        }
        assert_ne!(gist("buy then"), gist("buy now"));
        assert_eq!(gist("👍👍 👍"), gist("👍"));
        assert_ne!(gist("1 2"), gist("1 3"));
    }

    proptest! {
        #[test]
        fn words_are_apart_by_one_space(text: String) {
            let folded = Folded::new(&text);
            for words in [Some(&folded.plain), folded.read.as_ref()].into_iter().flatten() {
                prop_assert!(words.starts_with(' ') && words.ends_with(' ') && !words.contains("  "));
            }
        }

        #[test]
        fn case_changes_nothing(text in "[a-zа-яα-ω0-9 .]{0,40}") {
            prop_assert_eq!(plain(&text.to_uppercase()), plain(&text));
            prop_assert_eq!(gist(&text.to_uppercase()), gist(&text));
        }

        #[test]
        fn what_cannot_be_seen_changes_nothing(letters in "[a-z ]{0,20}", at in 0..20_usize) {
            let mut hidden = letters.clone();
            hidden.insert(at.min(letters.len()), '\u{200b}');
            prop_assert_eq!(plain(&hidden), plain(&letters));
            prop_assert_eq!(visible(&hidden), letters);
        }
    }
}
