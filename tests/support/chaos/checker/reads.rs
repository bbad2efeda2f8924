//! What one client was told.

use std::collections::HashMap;

use uuid::Uuid;

use super::known::Known;
use super::{Broken, Violation};
use crate::chaos::history::{Client, Row, Stay, Timeline, Told, Truth};

/// Complaints of one client and timeline that are told: the rest follows from the first.
const MANY: usize = 5;
/// The database tells time in microseconds, clients in whole milliseconds.
const ROUNDING_MS: i64 = 1;

/// Goes through what a client was told, and compares wherever it stands.
pub(super) fn check(client: &Client, truth: &Truth) -> Vec<Violation> {
    let mut found = Vec::new();
    for timeline in 0..truth.heads.len() {
        let mut reader = Reader::new(client.user, timeline, truth);
        for told in &client.told {
            reader.hear(told);
        }
        reader.end(truth);
        found.extend(reader.found.into_iter().take(MANY));
    }
    found
}

struct Reader<'a> {
    user: Uuid,
    timeline: Timeline,
    /// By their last change.
    rows: Vec<&'a Row>,
    stays: Vec<&'a Stay>,
    known: Known,
    found: Vec<Violation>,
}

impl<'a> Reader<'a> {
    fn new(user: Uuid, timeline: Timeline, truth: &'a Truth) -> Self {
        let mut rows = truth.rows.iter().filter(|row| row.timeline == timeline).collect::<Vec<_>>();
        rows.sort_by_key(|row| row.rev);
        let stays = truth.stays.iter().filter(|stay| stay.user == user && stay.timeline == timeline);
        Self { user, timeline, rows, stays: stays.collect(), known: Known::default(), found: Vec::new() }
    }

    fn hear(&mut self, told: &Told) {
        match told {
            Told::Event { at, timeline, rev, news } if *timeline == self.timeline => {
                self.may_see(*at, *rev);
                if let Err((broken, words)) = self.known.apply(*rev, news) {
                    self.complain(broken, words);
                }
                self.compare();
            }
            Told::Loaded { at, timeline, rev, upto, messages } if *timeline == self.timeline => {
                let newest = messages.iter().map(|message| message.rev).max();
                self.may_see(*at, newest.unwrap_or(0));
                self.known.load(*rev, *upto, messages);
                self.compare();
            }
            Told::Complete { timeline, rev, .. } if *timeline == self.timeline => {
                self.known.complete(*rev);
                self.compare();
            }
            _ => {}
        }
    }

    /// Whether access at that moment can be why this was told.
    fn may_see(&mut self, at: i64, rev: i64) {
        let begun = self.stays.iter().filter(|stay| stay.from <= at + ROUNDING_MS).collect::<Vec<_>>();
        if begun.iter().any(|stay| stay.lost_at.is_none_or(|lost_at| rev <= lost_at)) {
            return;
        }
        match begun.last() {
            None => self.complain(Broken::LeakedBeforeAccess, format!("{rev} at {at}")),
            Some(stay) => {
                let words = format!("{rev} at {at}, access was lost at {:?}", stay.lost_at);
                self.complain(Broken::LeakedAfterLoss, words);
            }
        }
    }

    /// Whose last change the client stands at or behind, that row it must know as it is.
    fn compare(&mut self) {
        while let Some(row) = self.rows.get(self.known.compared).filter(|row| row.rev <= self.known.rev) {
            self.known.compared += 1;
            if let Some((broken, words)) = self.known.compare(row) {
                self.complain(broken, words);
            }
        }
    }

    /// At the end everything is known, as it is, and nothing else.
    fn end(&mut self, truth: &Truth) {
        let head = truth.heads[self.timeline];
        if self.known.rev != head {
            return self
                .complain(Broken::LeftBehind, format!("stands at {}, the end is {head}", self.known.rev));
        }
        let rows = self.rows.iter().map(|row| (row.id, *row)).collect::<HashMap<_, _>>();
        let unknown = self.known.ids().find(|id| !rows.contains_key(id)).copied();
        if let Some(id) = unknown {
            self.complain(Broken::Diverged, format!("{id} is known and not there"));
        }
        let wrong = self.rows.iter().find_map(|row| self.known.compare(row));
        if let Some((broken, words)) = wrong {
            self.complain(broken, words);
        }
    }

    fn complain(&mut self, broken: Broken, words: String) {
        self.found.push(Violation { broken, user: self.user, timeline: self.timeline, words });
    }
}
