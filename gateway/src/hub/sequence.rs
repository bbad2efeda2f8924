//! The order of one timeline's events in this process. Pure.
//!
//! Events of a timeline carry its `rev`, dense as they are published, but may arrive out of order or not at all.
//! They leave here in order; where one is missing, what comes after it waits until it arrives or is read from the log.

use std::collections::BTreeMap;

use kernel::Rev;

/// Puts events in order.
#[derive(Debug)]
pub(crate) struct Sequence<E> {
    /// Everything up to here has left; `None` until [`Self::start`].
    delivered: Option<Rev>,
    waiting: BTreeMap<Rev, E>,
}

impl<E> Default for Sequence<E> {
    fn default() -> Self {
        Self { delivered: None, waiting: BTreeMap::new() }
    }
}

impl<E> Sequence<E> {
    /// Says where the timeline stood at a moment after which every event is either pushed or found missing. Until then
    /// everything waits.
    pub(crate) fn start(&mut self, at: Rev) -> Vec<(Rev, E)> {
        if self.delivered.is_none() {
            self.delivered = Some(at);
        }
        self.ready()
    }

    /// An event arrived; returns those that can leave now. What left before is ignored.
    pub(crate) fn push(&mut self, rev: Rev, event: E) -> Vec<(Rev, E)> {
        if self.delivered.is_none_or(|delivered| rev > delivered) {
            self.waiting.entry(rev).or_insert(event);
        }
        self.ready()
    }

    /// The log was read: `events` are what it has of the revs up to `upto`, in order, compacted. They leave, as far as
    /// they have not yet, and so does what waited behind them.
    pub(crate) fn catch_up(&mut self, events: Vec<(Rev, E)>, upto: Rev) -> Vec<(Rev, E)> {
        let Some(delivered) = self.delivered else { return Vec::new() };
        let mut ready =
            events.into_iter().filter(|(rev, _)| *rev > delivered && *rev <= upto).collect::<Vec<_>>();
        if upto > delivered {
            self.waiting = self.waiting.split_off(&(upto + 1));
            self.delivered = Some(upto);
        }
        ready.extend(self.ready());
        ready
    }

    /// Up to where everything has left.
    pub(crate) fn delivered(&self) -> Option<Rev> {
        self.delivered
    }

    /// Whether something waits for an event that is missing.
    pub(crate) fn has_gap(&self) -> bool {
        self.delivered.is_some() && !self.waiting.is_empty()
    }

    fn ready(&mut self) -> Vec<(Rev, E)> {
        let Some(mut delivered) = self.delivered else { return Vec::new() };
        let mut ready = Vec::new();
        while let Some(entry) = self.waiting.first_entry() {
            match *entry.key() {
                rev if rev <= delivered => drop(entry.remove()),
                rev if rev == delivered + 1 => {
                    ready.push((rev, entry.remove()));
                    delivered = rev;
                }
                _ => break,
            }
        }
        self.delivered = Some(delivered);
        ready
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn revs(events: Vec<(Rev, Rev)>) -> Vec<Rev> {
        events.into_iter().map(|(rev, _)| rev).collect()
    }

    #[test]
    fn nothing_leaves_before_the_start() {
        let mut sequence = Sequence::default();
        assert!(sequence.push(6, 6).is_empty() && sequence.push(5, 5).is_empty());
        assert_eq!(revs(sequence.start(5)), [6]);
        assert!(!sequence.has_gap());
    }

    #[test]
    fn a_gap_holds_what_is_behind_it() {
        let mut sequence = Sequence::default();
        sequence.start(1);
        assert!(sequence.push(3, 3).is_empty());
        assert!(sequence.has_gap());
        assert_eq!(revs(sequence.push(2, 2)), [2, 3]);
        assert!(sequence.push(2, 2).is_empty(), "twice");
    }

    #[test]
    fn the_log_fills_a_gap_and_replaces_what_it_covers() {
        let mut sequence = Sequence::default();
        sequence.start(1);
        sequence.push(3, 3);
        sequence.push(6, 6);
        // Row 2 changed again at 5: the log shows it there, once.
        assert_eq!(revs(sequence.catch_up(vec![(3, 3), (5, 5)], 5)), [3, 5, 6]);
        assert_eq!(sequence.delivered(), Some(6));
        assert!(sequence.catch_up(vec![(3, 3)], 4).is_empty(), "an old answer changes nothing");
    }

    proptest! {
        /// Whatever order events arrive in, however often, whichever are lost, and whenever the log is read: each rev
        /// leaves at most once, in order, and after a last look at the log everything has.
        #[test]
        fn any_interleaving_ends_in_the_same_delivery(
            start in 0_i64..5,
            arrivals in prop::collection::vec((1_i64..30, any::<bool>()), 0..80),
        ) {
            let mut sequence = Sequence::default();
            let mut left = revs(sequence.start(start));
            for (rev, read_log) in arrivals {
                left.extend(revs(if read_log {
                    let since = sequence.delivered().unwrap();
                    sequence.catch_up((since + 1..=rev).map(|rev| (rev, rev)).collect(), rev.max(since))
                } else {
                    sequence.push(rev, rev)
                }));
            }
            let since = sequence.delivered().unwrap();
            left.extend(revs(sequence.catch_up((since + 1..=30).map(|rev| (rev, rev)).collect(), 30)));
            prop_assert_eq!(left, (start + 1..=30).collect::<Vec<_>>());
            prop_assert!(!sequence.has_gap());
        }
    }
}
