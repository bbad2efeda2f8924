//! In which order matches come, and where a page ends. Pure.

use std::str::FromStr;

use kernel::{MessageId, Seq, TimelineId, Timestamp};
use uuid::Uuid;

use super::HALF;

/// A message that matches.
#[derive(Clone, Copy, Debug, PartialEq, diesel::prelude::Queryable)]
pub(crate) struct Match {
    pub(crate) id: MessageId,
    pub(crate) timeline: TimelineId,
    pub(crate) seq: Seq,
    /// `ts_rank` of the words that were looked for: 0 when it matches as a part of words only.
    pub(crate) rank: f32,
}

/// Where a page ended: the window of matches that was ranked, and the last of it that was given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchCursor {
    /// The window is the newest matches below this one.
    pub(super) below: MessageId,
    /// The last one's score and id; `None` at the beginning of a window.
    pub(super) last: Option<(u64, MessageId)>,
}

impl std::fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.below.uuid().simple())?;
        match self.last {
            Some((score, id)) => write!(f, ".{score}.{}", id.uuid().simple()),
            None => Ok(()),
        }
    }
}

impl FromStr for SearchCursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const MUST: &str = "must be a nextCursor that was given out before";
        let id = |text: &str| Uuid::try_parse(text).map(MessageId::from_uuid).map_err(|_| MUST);
        match text.split('.').collect::<Vec<_>>().as_slice() {
            [below] => Ok(Self { below: id(below)?, last: None }),
            [below, score, last] => {
                Ok(Self { below: id(below)?, last: Some((score.parse().map_err(|_| MUST)?, id(last)?)) })
            }
            _ => Err(MUST),
        }
    }
}

/// A part of a window, best first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) matches: Vec<Match>,
    pub(super) next: Option<SearchCursor>,
}

/// The next `limit` of a window's matches, which come newest first. `full`: there may be older matches behind the window.
pub(super) fn page(window: Vec<Match>, at: SearchCursor, full: bool, limit: usize) -> Ranked {
    let older = window.last().map(|oldest| oldest.id).filter(|_| full);
    let mut ranked = window.into_iter().map(|one| (score(&one, at.below), one)).collect::<Vec<_>>();
    ranked.sort_by_key(|(score, one)| std::cmp::Reverse((*score, one.id)));
    let before = |score: u64, id: MessageId| at.last.is_none_or(|last| (score, id) < last);
    let mut left = ranked.into_iter().filter(|(score, one)| before(*score, one.id));
    let taken = left.by_ref().take(limit).collect::<Vec<_>>();
    let last = taken.last().map(|(score, one)| (*score, one.id));
    let next = if left.next().is_some() {
        Some(SearchCursor { below: at.below, last })
    } else {
        older.map(|below| SearchCursor { below, last: None })
    };
    Ranked { matches: taken.into_iter().map(|(_, one)| one).collect(), next }
}

/// How good a match is: `(1 + 10 ts_rank) / (1 + age / HALF)`, its age counted from the beginning of the window. So what is
/// about the words is up to eleven times as good as what has them in it, and fades as everything does: to 1/2, 1/3, 1/4 … after
/// one, two, three times [`HALF`]. In millionths: a whole number, so that a cursor names it exactly.
fn score(one: &Match, below: MessageId) -> u64 {
    let words = 1_000 + 10_000 * thousandths(one.rank) / 1_000;
    let age = millis(below).saturating_sub(millis(one.id));
    let half = u64::try_from(HALF.num_milliseconds()).unwrap_or(1);
    words.saturating_mul(1_000).saturating_mul(half) / half.saturating_add(age)
}

fn thousandths(rank: f32) -> u64 {
    let steps = (1..=1_000_u16).take_while(|step| f32::from(*step) <= rank * 1_000.0).count();
    u64::try_from(steps).unwrap_or(0)
}

/// When a message was made, by its id.
fn millis(id: MessageId) -> u64 {
    let [a, b, c, d, e, f, ..] = id.uuid().into_bytes();
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

/// Above everything that is written at `now` or was before.
pub(super) fn top(now: Timestamp) -> MessageId {
    super::id_at(now.plus(chrono::TimeDelta::milliseconds(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matched(millis: i64, rank: f32, low: u8) -> Match {
        let mut bytes = super::super::id_at(Timestamp::from_millis(millis).unwrap()).uuid().into_bytes();
        bytes[15] = low;
        let timeline = TimelineId::from_uuid(Uuid::nil());
        Match { id: MessageId::from_uuid(Uuid::from_bytes(bytes)), timeline, seq: 1, rank }
    }

    #[test]
    fn words_count_and_age_fades() {
        let below = top(Timestamp::from_millis(HALF.num_milliseconds() * 4).unwrap());
        let at = |halves: i64, rank| score(&matched(HALF.num_milliseconds() * (4 - halves), rank, 0), below);
        assert!(at(0, 0.0) > at(1, 0.0) && at(1, 0.0) > at(3, 0.0));
        assert!(at(3, 0.6) > at(0, 0.0), "an old one that is about it beats a new one that has it in a word");
    }

    #[test]
    fn cursors_come_back() {
        let (one, two) = (matched(5, 0.0, 1).id, matched(6, 0.0, 2).id);
        for last in [None, Some((77, two))] {
            let cursor = SearchCursor { below: one, last };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert!("x".parse::<SearchCursor>().is_err() && "..".parse::<SearchCursor>().is_err());
    }

    proptest! {
        /// Page by page everything comes once, in one order.
        #[test]
        fn pages_are_parts_of_one_order(ranks in proptest::collection::vec(0.0_f32..1.0, 0..40), limit in 1_usize..7) {
            let all = ranks.iter().enumerate().rev();
            let all = all.map(|(n, rank)| matched(1_000_000 * i64::try_from(n).unwrap(), *rank, 0)).collect::<Vec<_>>();
            let mut at = SearchCursor { below: matched(1_000_000_000, 0.0, 0).id, last: None };
            let (mut seen, whole) = (Vec::new(), page(all.clone(), at, false, 100).matches);
            loop {
                let part = page(all.clone(), at, false, limit);
                seen.extend(part.matches);
                match part.next { Some(next) => at = next, None => break }
            }
            prop_assert_eq!(seen, whole);
        }
    }
}
