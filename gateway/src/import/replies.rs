//! The parser of reply files: which line of a log answers which. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// The links between the lines of one log.
#[derive(Debug, Default)]
pub(super) struct Links(BTreeMap<usize, BTreeSet<usize>>);

impl Links {
    /// The links in the text of a reply file: lines `A B -` of two line numbers, from 0. The later line answers the
    /// earlier one; twice the same number starts a conversation and links nothing.
    ///
    /// # Errors
    /// The number, from 1, of the first line that is none of these.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut links = Self::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (one, other) = pair(line).ok_or(number + 1)?;
            if one != other {
                links.0.entry(one.max(other)).or_default().insert(one.min(other));
            }
        }
        Ok(links)
    }

    /// The lines that the line `number` answers, the nearest first.
    pub(super) fn answered_by(&self, number: usize) -> impl Iterator<Item = usize> {
        self.0.get(&number).into_iter().flat_map(|earlier| earlier.iter().rev().copied())
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }
}

fn pair(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_whitespace();
    let one = words.next()?.parse().ok()?;
    let other = words.next()?.parse().ok()?;
    (words.next() == Some("-") && words.next().is_none()).then_some((one, other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Links;

    #[test]
    fn the_later_line_answers_the_earlier_ones() {
        let links = Links::parse("3 3 - \n3 7 -\n7 5 -\r\n\n3 7 -\n").unwrap();
        assert_eq!(links.answered_by(7).collect::<Vec<_>>(), [5, 3]);
        assert_eq!(links.answered_by(3).count(), 0);
        assert_eq!(links.count(), 2);
    }

    #[test]
    fn the_first_wrong_line_is_named() {
        for text in ["1 2 -\n1 2", "1 2 -\n1 x -", "\n-1 2 -", "1 2 -\n1 2 - 3"] {
            assert_eq!(Links::parse(text).unwrap_err(), 2, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_link_leads_back(pairs: Vec<(u16, u16)>) {
            let text = pairs.iter().map(|(one, other)| format!("{one} {other} -\n")).collect::<String>();
            let links = Links::parse(&text).unwrap();
            for number in pairs.iter().flat_map(|(one, other)| [*one, *other]).map(usize::from) {
                prop_assert!(links.answered_by(number).all(|earlier| earlier < number));
            }
        }
    }
}
