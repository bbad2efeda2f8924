//! Words that are not to be written.
//!
//! A pattern is a word or several. `*` at an end stands for more of the word: `spam*`, `*spam`, `*spam*`. `*` inside of one
//! word stands for anything inside of the word. Text and patterns are compared folded (`fold`), so "whole word" is "with a
//! space on both sides", and all patterns without an inner `*` are one automaton, which reads the text once. The others
//! look for their pieces in each word, from the left, never back.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::fold::Folded;

/// A pattern, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// With the spaces that bound it.
    Literal(String),
    /// Pieces of one word, in their order. The first begins the word and the last ends it, unless they are empty.
    Pieces(Vec<String>),
}

/// All patterns of a rule.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    literals: AhoCorasick,
    pieces: Vec<Vec<String>>,
}

impl Pattern {
    /// The pattern in `text`.
    ///
    /// # Errors
    /// What it must be.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let pieces = text.trim().split('*').collect::<Vec<_>>();
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Err(EMPTY) };
        let folded =
            pieces.iter().map(|piece| Folded::new(piece).plain.trim().to_string()).collect::<Vec<_>>();
        let compared = folded.iter().flat_map(|piece| piece.chars()).filter(|c| *c != ' ').count();
        if compared == 0 || (compared < 2 && pieces.len() > 1) {
            return Err(EMPTY);
        }
        // "c++" would be "c", which is not what was meant.
        let ends = |c: Option<char>| c.is_none_or(|c| !c.is_whitespace() && folds(c));
        let clean = pieces.iter().all(|piece| ends(piece.chars().next()) && ends(piece.chars().next_back()));
        if !clean {
            return Err(
                "must begin and end with a letter, a digit or *, and have no sign or space beside a *",
            );
        }
        let inner = folded.iter().filter(|piece| !piece.is_empty()).count();
        match inner {
            1 => {
                let word =
                    folded.iter().find(|piece| !piece.is_empty()).map(String::as_str).unwrap_or_default();
                let before = if first.is_empty() { "" } else { " " };
                let behind = if last.is_empty() { "" } else { " " };
                Ok(Self::Literal(format!("{before}{word}{behind}")))
            }
            _ if folded.iter().any(|piece| piece.contains(' ')) => {
                Err("must be one word when it has a * inside of it")
            }
            _ => Ok(Self::Pieces(folded)),
        }
    }
}

const EMPTY: &str = "must have a letter or digit, and two with a *";

fn folds(c: char) -> bool {
    super::fold::folds_to_something(c.encode_utf8(&mut [0; 4]))
}

impl Words {
    /// What finds any of the patterns.
    ///
    /// # Errors
    /// They are too many for an automaton; the bounds of rules are far below that.
    pub(crate) fn new(patterns: impl IntoIterator<Item = Pattern>) -> Result<Self, aho_corasick::BuildError> {
        let (mut literals, mut pieces) = (Vec::new(), Vec::new());
        for pattern in patterns {
            match pattern {
                Pattern::Literal(literal) => literals.push(literal),
                Pattern::Pieces(parts) => pieces.push(parts),
            }
        }
        // Not the DFA that it would choose for few patterns: it is ten times as large.
        let literals = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(literals)?;
        Ok(Self { literals, pieces })
    }

    /// Whether one of them is in the text.
    pub(crate) fn are_in(&self, text: &Folded) -> bool {
        [Some(&text.plain), text.read.as_ref()].into_iter().flatten().any(|text| self.find(text))
    }

    fn find(&self, text: &str) -> bool {
        self.literals.is_match(text)
            || (!self.pieces.is_empty()
                && text.split(' ').any(|word| self.pieces.iter().any(|pieces| fits(word, pieces))))
    }

    /// Memory that it takes, bytes.
    pub(crate) fn size(&self) -> usize {
        let pieces = self.pieces.iter().flatten().map(|piece| piece.len() + size_of::<String>());
        self.literals.memory_usage() + pieces.sum::<usize>()
    }
}

/// Whether the pieces are in the word in their order. Each is looked for behind the one before: the word is read once.
fn fits(word: &str, pieces: &[String]) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(rest) = word.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()))
    else {
        return false;
    };
    let mut rest = rest;
    middle.iter().all(|piece| match rest.split_once(piece.as_str()) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hits(pattern: &str, text: &str) -> bool {
        Words::new([Pattern::parse(pattern).unwrap()]).unwrap().are_in(&Folded::new(text))
    }

    #[test]
    fn wildcards_say_what_may_stand_around() {
        for (pattern, yes, no) in [
            (
                "spam",
                vec!["spam", "A Spam.", "(SPAM)", "@spam", "no-spam-here"],
                vec!["spammer", "antispam", "s pam"],
            ),
            ("spam*", vec!["spam", "spammer"], vec!["antispam"]),
            ("*spam", vec!["spam", "antispam"], vec!["spammer"]),
            ("*spam*", vec!["xspamx", "spam"], vec!["s pam", "spom"]),
            ("buy now", vec!["Buy, NOW!", "please buy   now"], vec!["buy nowhere", "buynow"]),
            ("buy now*", vec!["buy nowhere"], vec!["rebuy now"]),
            ("s*m", vec!["sm", "spam", "SPAAAM"], vec!["spams", "s m", "asm"]),
            ("*s*m*", vec!["asxmx"], vec!["s m"]),
            ("a**b", vec!["ab", "axb"], vec!["ba"]),
            ("f-word", vec!["f word", "F.WORD"], vec!["fword"]),
            ("🍆", vec!["a🍆b", "🍆🍆"], vec!["a"]),
            ("1337", vec!["1337"], vec!["leet", "13370"]),
            ("*坏话*", vec!["这是坏话吗"], vec!["这是好话吗"]),
        ] {
            for text in yes {
                assert!(hits(pattern, text), "{pattern} is in {text}");
            }
            for text in no {
                assert!(!hits(pattern, text), "{pattern} is not in {text}");
            }
        }
    }

    #[test]
    fn obfuscations_are_seen_through() {
        for text in ["ѕраm", "$pam", "sp4m", "S\u{200d}P\u{200b}A\u{ad}M", "ｓｐａｍ", "s̷p̷a̷m̷", "🅂pam spám"]
        {
            assert!(hits("spam", text), "{text}");
        }
        assert!(hits("shit", "$h1t!") && hits("word", "@word") && hits("l33t", "l33t"));
    }

    #[test]
    fn what_would_mean_something_else_is_no_pattern() {
        for pattern in
            ["", " ", "*", "**", "a*", "c++", "$$$", "-", "a *b c", "x* y", "buy*it now", "\u{200b}"]
        {
            assert!(Pattern::parse(pattern).is_err(), "{pattern:?}");
        }
        assert_eq!(Pattern::parse(" Spam* ").unwrap(), Pattern::Literal(" spam".into()));
    }

    /// The longest text against the most patterns, made to be slow for an engine that goes back: it ends, and the folded
    /// text is bounded by the text.
    #[test]
    fn the_worst_text_is_read_once() {
        let many = (0..900).map(|n| format!("*{}b{n:03}*", "a".repeat(50)));
        let pieces = (0..100).map(|n| format!("a*a*a*a*{n}b"));
        let words = Words::new(many.chain(pieces).map(|text| Pattern::parse(&text).unwrap())).unwrap();
        assert!(words.size() < 4 << 20, "{}", words.size());
        for text in
            ["a".repeat(4_000), "\u{fdfa}".repeat(4_000), "aa ".repeat(1_333), "a\u{300}".repeat(2_000)]
        {
            let folded = Folded::new(&text);
            // The longest decomposition has 18 characters, of three bytes and a space between words.
            assert!(folded.plain.len() <= 18 * 3 * 4_000 + 2);
            assert!(!words.are_in(&folded));
        }
        let hit = format!("{}b899", "a".repeat(3_990));
        assert!(words.are_in(&Folded::new(&hit)));
    }

    /// The pattern as a regular expression over words: slower, and somebody else's.
    fn by_regex(pattern: &str, text: &str) -> bool {
        let text = Folded::new(text).plain;
        let inside = pattern.split('*').map(regex::escape).collect::<Vec<_>>().join("[^ ]*");
        regex::Regex::new(&format!(" {inside} ")).unwrap().is_match(&text)
    }

    proptest! {
        #[test]
        fn it_finds_what_a_regular_expression_finds(
            pattern in r"\*?[ab]{1,3}(\*[ab]{1,2}){0,2}\*?", text in "[ab ,]{0,24}"
        ) {
            if let Ok(parsed) = Pattern::parse(&pattern) {
                let found = Words::new([parsed]).unwrap().are_in(&Folded::new(&text));
                prop_assert_eq!(found, by_regex(&pattern, &text));
            }
        }

        #[test]
        fn no_pattern_and_no_text_breaks_it(patterns in prop::collection::vec(".{0,20}", 0..8), text in ".{0,200}") {
            let parsed = patterns.iter().filter_map(|pattern| Pattern::parse(pattern).ok());
            let _ = Words::new(parsed).unwrap().are_in(&Folded::new(&text));
        }
    }
}
