//! What everybody tried, and what became of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::{Broken, Violation};
use crate::chaos::history::{Change, Client, Outcome, Row, Tried, Truth};

/// Compares all changes that were tried with the database.
pub(super) fn check(clients: &[Client], truth: &Truth) -> Vec<Violation> {
    let rows = truth.rows.iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    let mut found = Vec::new();
    for client in clients {
        let mut writer = Writer { client, rows: &rows, found: Vec::new() };
        writer.posts(truth);
        writer.edits();
        writer.deletions();
        writer.marks();
        found.append(&mut writer.found);
    }
    found
}

/// What was tried with each emoji of a message, or with its pin, and whether it was to be there.
type Marks<'a> = BTreeMap<(Uuid, Option<&'a str>), Vec<(&'a Tried, bool)>>;

struct Writer<'a> {
    client: &'a Client,
    rows: &'a HashMap<Uuid, &'a Row>,
    found: Vec<Violation>,
}

impl<'a> Writer<'a> {
    /// Every acknowledged message is there once, every refused one is not, every other at most once.
    fn posts(&mut self, truth: &'a Truth) {
        let mut mine: HashMap<&str, Vec<&Row>> = HashMap::new();
        for row in truth.rows.iter().filter(|row| row.author == self.client.user) {
            mine.entry(&row.nonce).or_default().push(row);
        }
        let mut tried = HashSet::new();
        for try_ in &self.client.tried {
            let Change::Post { nonce, .. } = &try_.change else { continue };
            tried.insert(nonce.as_str());
            let there = mine.get(nonce.as_str()).map_or(&[][..], Vec::as_slice);
            match (try_.outcome, there) {
                (_, [_, _, ..]) => self.complain(try_, Broken::WrittenTwice, format!("{there:?}")),
                (Outcome::Refused, [row]) if !try_.doubtful => {
                    self.complain(try_, Broken::RefusedButPresent, format!("{row:?}"));
                }
                (Outcome::Done(_), []) => self.complain(try_, Broken::AcknowledgedButAbsent, String::new()),
                (Outcome::Done(Some(said)), [row]) => {
                    let same = said.id == row.id && said.seq == row.seq && row.timeline == try_.timeline;
                    if !same || !(row.created_rev..=row.rev).contains(&said.rev) {
                        self.complain(
                            try_,
                            Broken::Diverged,
                            format!("acknowledged {said:?}, there is {row:?}"),
                        );
                    }
                }
                _ => {}
            }
        }
        for (nonce, rows) in mine.iter().filter(|(nonce, _)| !tried.contains(**nonce)) {
            let (timeline, words) = (rows[0].timeline, format!("nobody sent {nonce}: {rows:?}"));
            self.found.push(Violation {
                broken: Broken::Unexplained,
                user: self.client.user,
                timeline,
                words,
            });
        }
    }

    /// A text is the last one that was acknowledged, or one of which nobody knows.
    fn edits(&mut self) {
        let mut texts: BTreeMap<Uuid, Vec<(&Tried, &str)>> = BTreeMap::new();
        for try_ in &self.client.tried {
            match (&try_.change, try_.outcome) {
                (Change::Edit { message, content }, _) => {
                    texts.entry(*message).or_default().push((try_, content))
                }
                (Change::Post { content, .. }, Outcome::Done(Some(said))) => {
                    texts.entry(said.id).or_default().push((try_, content));
                }
                _ => {}
            }
        }
        for (message, texts) in texts {
            let Some(row) = self.rows.get(&message).filter(|row| !row.deleted) else { continue };
            let done = texts.iter().rev().find(|(try_, _)| matches!(try_.outcome, Outcome::Done(_)));
            let open = texts.iter().any(|(try_, text)| is_open(try_) && row.content == *text);
            if done.is_some_and(|(_, text)| row.content == *text) || open {
                continue;
            }
            let (try_, text) = *done.unwrap_or(&texts[0]);
            self.complain(try_, Broken::Diverged, format!("last acknowledged {text:?}, there is {row:?}"));
        }
    }

    /// What was acknowledged as deleted is; what is deleted, somebody deleted.
    fn deletions(&mut self) {
        let mut tried = HashSet::new();
        for try_ in &self.client.tried {
            let Change::Delete { message } = try_.change else { continue };
            if try_.outcome != Outcome::Refused || try_.doubtful {
                tried.insert(message);
            }
            let alive = self.rows.get(&message).is_some_and(|row| !row.deleted);
            if matches!(try_.outcome, Outcome::Done(_)) && alive {
                self.complain(try_, Broken::AcknowledgedButAbsent, format!("{message} is not deleted"));
            }
        }
        let mine = self.rows.values().filter(|row| row.author == self.client.user && row.deleted);
        for row in mine.filter(|row| !tried.contains(&row.id)) {
            let words = format!("nobody deleted {row:?}");
            let (broken, user) = (Broken::Unexplained, self.client.user);
            self.found.push(Violation { broken, user, timeline: row.timeline, words });
        }
    }

    /// Emoji and pins are as the last acknowledged change of them left them, unless there is one of which nobody knows.
    fn marks(&mut self) {
        let mut marks: Marks<'_> = BTreeMap::new();
        for try_ in &self.client.tried {
            match &try_.change {
                Change::React { message, emoji, on } => {
                    marks.entry((*message, Some(emoji))).or_default().push((try_, *on));
                }
                Change::Pin { message, on } => marks.entry((*message, None)).or_default().push((try_, *on)),
                _ => {}
            }
        }
        for ((message, emoji), tries) in marks {
            let Some(row) = self.rows.get(&message).filter(|row| !row.deleted) else { continue };
            if tries.iter().any(|(try_, _)| is_open(try_)) {
                continue;
            }
            let is = match emoji {
                Some(emoji) => {
                    row.reactions.get(emoji).is_some_and(|users| users.contains(&self.client.user))
                }
                None => row.pinned,
            };
            let last = tries.iter().rev().find(|(try_, _)| matches!(try_.outcome, Outcome::Done(_)));
            let (try_, expected) = last.copied().unwrap_or((tries[0].0, false));
            if is == expected {
                continue;
            }
            let broken =
                if last.is_some() { Broken::AcknowledgedButAbsent } else { Broken::RefusedButPresent };
            self.complain(try_, broken, format!("there is {row:?}"));
        }
    }

    fn complain(&mut self, try_: &Tried, broken: Broken, words: String) {
        let words = format!("{:?}, {:?}: {words}", try_.change, try_.outcome);
        self.found.push(Violation { broken, user: self.client.user, timeline: try_.timeline, words });
    }
}

/// Whether it may have happened without anybody knowing, or may have happened again later than it was acknowledged.
fn is_open(try_: &Tried) -> bool {
    try_.doubtful || try_.outcome == Outcome::Unknown
}
