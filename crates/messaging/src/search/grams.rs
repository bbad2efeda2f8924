//! What is indexed beside words and trigrams, because neither finds it: short words, scripts that are written without
//! spaces, symbols, punctuation. Pure.

use std::collections::BTreeSet;

/// Words shorter than this have no trigram of their own.
const TRIGRAM: usize = 3;

/// Characters that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Space,
    /// Letters and digits of scripts that put spaces between words.
    Word,
    /// Those of scripts that do not, or whose words are two characters long.
    Dense,
    /// Everything else.
    Mark,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            ' ' => Self::Space,
            // Kana, bopomofo, Han, Hangul.
            '\u{1100}'..='\u{11ff}'
            | '\u{3005}'
            | '\u{3007}'
            | '\u{3040}'..='\u{318f}'
            | '\u{31a0}'..='\u{31bf}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Dense,
            c if c.is_alphanumeric() => Self::Word,
            _ => Self::Mark,
        }
    }
}

/// The runs of one class in a folded text.
pub(super) fn runs(folded: &[char]) -> impl Iterator<Item = (Class, &[char])> {
    folded
        .chunk_by(|a, b| Class::of(*a) == Class::of(*b))
        .filter_map(|run| Some((Class::of(*run.first()?), run)))
}

/// Everything by which a folded text can be found.
pub(super) fn of_text(folded: &[char]) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    for (class, run) in runs(folded) {
        match class {
            Class::Word if run.len() < TRIGRAM => {
                grams.insert(gram('w', run));
            }
            Class::Dense => {
                grams.extend(run.chunks(1).map(|one| gram('c', one)));
                grams.extend(run.windows(2).map(|two| gram('c', two)));
            }
            Class::Mark => {
                grams.extend(
                    run.chunks(1).filter(|one| !one.iter().all(char::is_ascii)).map(|one| gram('c', one)),
                );
                grams.extend(run.windows(2).map(|two| gram('p', two)));
            }
            Class::Word | Class::Space => {}
        }
    }
    grams
}

/// What a text must have to contain this folded term. `trigrams`: the rest of the term is found by them, so a short word at
/// its edge may be the beginning or end of a longer one.
pub(super) fn of_term(folded: &[char], trigrams: bool) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    for (class, run) in runs(folded) {
        match class {
            Class::Word if run.len() < TRIGRAM && !trigrams => {
                grams.insert(gram('w', run));
            }
            Class::Dense if run.len() > 1 => grams.extend(run.windows(2).map(|two| gram('c', two))),
            Class::Dense => {
                grams.insert(gram('c', run));
            }
            Class::Mark => {
                grams.extend(
                    run.chunks(1).filter(|one| !one.iter().all(char::is_ascii)).map(|one| gram('c', one)),
                );
                grams.extend(run.windows(2).map(|two| gram('p', two)));
            }
            Class::Word | Class::Space => {}
        }
    }
    grams
}

/// Whether trigrams can narrow a search for this folded term down.
pub(super) fn has_trigrams(folded: &[char]) -> bool {
    runs(folded).any(|(class, run)| class == Class::Word && run.len() >= TRIGRAM)
}

/// The kind stands before, so that no gram is a word.
fn gram(kind: char, run: &[char]) -> String {
    ['#', kind].iter().chain(run).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fold::Folded;
    use super::*;

    fn all(text: &str) -> Vec<String> {
        of_text(&Folded::new(text).chars).into_iter().collect()
    }

    #[test]
    fn what_trigrams_do_not_find_has_grams() {
        assert_eq!(all("ok, long words"), ["#wok"]);
        assert_eq!(all("中文a"), ["#c中", "#c中文", "#c文", "#wa"]);
        assert_eq!(all("hmm :) 🎉"), ["#c🎉", "#p:)"]);
    }

    proptest! {
        /// Whoever contains the term has its grams: what the index leaves out does not contain it.
        #[test]
        fn no_text_that_contains_a_term_is_missed(
            before in "[a-c中文 .🎉]{0,6}", term in "[a-c中文.:🎉]{1,6}", after in "[a-c中文 .🎉]{0,6}",
        ) {
            // A short word is found as a word of its own.
            let text = Folded::new(&format!("{before} {term} {after}")).chars;
            let term = Folded::new(&term).chars;
            let trigrams = has_trigrams(&term);
            prop_assert!(of_term(&term, trigrams).is_subset(&of_text(&text)));
            if trigrams {
                let text = Folded::new(&format!("{before}{}{after}", term.iter().collect::<String>())).chars;
                prop_assert!(of_term(&term, true).is_subset(&of_text(&text)));
            }
        }
    }
}
