//! The names of people on IRC.

use std::collections::HashSet;

use kernel::text::display_name;

/// Characters that a nick may have: as many as a display name. No network allows that many.
const MAX: usize = 64;
/// What clients write in front of the nicks of channel operators and the like; no nick begins so.
const RANKS: &[char] = &['@', '+', '%', '&', ' '];

/// The name of somebody on IRC, as first written. Two that differ only in case are the same person's.
#[derive(Clone, Debug)]
pub(super) struct Nick(String);

impl Nick {
    /// The nick in `text`: a word that can be a display name. The logs of some years have a space behind every `]`,
    /// also of nicks: it is no part of them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let nick = text.trim_start_matches(RANKS).trim_end().replace("] ", "]");
        let is_word = !nick.contains(char::is_whitespace);
        display_name(&nick, MAX).ok().filter(|_| is_word).map(Self)
    }

    /// Takes the nick from the front of `text`: the first word, or what `known` shows to be one nick although there is
    /// a space behind a `]` of it. Also says whether it is known.
    pub(super) fn take<'a>(text: &'a str, known: &HashSet<String>) -> Option<(Self, &'a str, bool)> {
        let text = text.trim_start();
        let ends = text.match_indices(char::is_whitespace).map(|(end, _)| end).chain([text.len()]);
        let mut first = None;
        for (head, tail) in ends.filter_map(|end| text.split_at_checked(end)) {
            let Some(nick) = Self::parse(head) else { break };
            if known.contains(&nick.key()) {
                return Some((nick, tail, true));
            }
            first = first.or(Some((nick, tail, false)));
            if !head.ends_with(']') {
                break;
            }
        }
        first
    }

    /// As it is shown.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Equal for nicks of the same person.
    pub(super) fn key(&self) -> String {
        key(&self.0)
    }
}

/// What makes two names the same person's.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nick_is_a_word_and_may_be_odd() {
        for (text, nick) in [
            ("ada", "ada"),
            ("@Ada_", "Ada_"),
            (" |", "|"),
            ("[foo]^", "[foo]^"),
            ("[foo] ^", "[foo]^"),
            ("zcat[1] ", "zcat[1]"),
        ] {
            assert_eq!(Nick::parse(text).unwrap().as_str(), nick);
        }
        for text in ["", " ", "a b", "a\u{202e}b", &"x".repeat(65)] {
            assert!(Nick::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_known_nick_is_taken_and_else_the_first_word() {
        let known = HashSet::from(["g[r]eek".to_string(), "ada".to_string()]);
        let take = |text| Nick::take(text, &known).map(|(nick, rest, known)| (nick.0, rest, known));
        assert_eq!(take("g[r] eek bows"), Some(("g[r]eek".into(), " bows", true)));
        assert_eq!(take("Ada"), Some(("Ada".into(), "", true)));
        assert_eq!(take("[x] y z"), Some(("[x]".into(), " y z", false)));
        assert_eq!(take("  "), None);
    }
}
