//! How many people a text calls.

use std::collections::HashSet;

use super::fold::visible;

/// The longest name that can be mentioned.
const NAME_MAX: usize = 32;

/// Distinct mentions in a text: `@name` behind a space or sign, without regard to case, and `<@id>`. Whether there is such
/// a name is not asked, so that a flood costs its rule nothing; `@everyone` is one.
pub(crate) fn distinct(text: &str) -> usize {
    let text = visible(text).to_lowercase();
    let mut names = HashSet::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        // Not in the middle of a word: an e-mail address calls nobody.
        if c == '@' && before.is_none_or(|before: char| !before.is_alphanumeric()) {
            let rest = text.get(at + 1..).unwrap_or_default();
            let end = rest.char_indices().take(NAME_MAX + 4).find(|(_, c)| !is_part(*c));
            let name = rest.get(..end.map_or(rest.len(), |(end, _)| end)).unwrap_or_default();
            let name = name.trim_end_matches(['.', '-', '_']);
            if name.chars().count() > 1 {
                names.insert(name.chars().take(NAME_MAX + 4).collect::<String>());
            }
        }
        before = Some(c);
    }
    names.len()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_name_counts_once() {
        for (text, count) in [
            ("@ada @bob, @Ada. (@eve)", 3),
            ("@everyone look", 1),
            ("<@01890a5d-ac96-774b-bcce-b302099a8057> and <@01890a5d-ac96-774b-bcce-b302099a8058>", 2),
            ("ada@example.org", 0),
            ("@ @. @x", 0),
            ("＠ada @b\u{200b}ob @bob", 2),
            ("@@ada", 1),
        ] {
            assert_eq!(distinct(text), count, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_mentions_need_room(text: String) {
            prop_assert!(distinct(&text) <= visible(&text).chars().count() / 3 + 1);
        }
    }
}
