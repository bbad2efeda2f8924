//! What a client knows of one timeline, kept from events alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::Broken;
use crate::chaos::history::{Message, News, Row};

/// A client's copy of a timeline.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The newest change that it knows.
    pub(super) rev: i64,
    /// So many of the timeline's rows, in the order of their last change, were compared.
    pub(super) compared: usize,
    /// What was read by HTTP covers the changes up to here: they may still come as events.
    loaded: i64,
    /// Parts of what was read by HTTP were read as late as this.
    upto: i64,
    told: HashSet<i64>,
    messages: HashMap<Uuid, Message>,
}

impl Known {
    /// Applies an event.
    pub(super) fn apply(&mut self, rev: i64, news: &News) -> Result<(), (Broken, String)> {
        if rev <= self.loaded {
            return Ok(());
        }
        if !self.told.insert(rev) {
            return Err((Broken::Twice, format!("{rev} came again: {news:?}")));
        }
        if rev <= self.rev {
            return Err((Broken::OutOfOrder, format!("{rev} came behind {}: {news:?}", self.rev)));
        }
        self.rev = rev;
        match news {
            News::New(message) => {
                if let Some(before) = self.messages.insert(message.id, message.clone()) {
                    return Err((
                        Broken::Twice,
                        format!("{rev} tells of a message as new that was {before:?}"),
                    ));
                }
            }
            News::Whole(message) => drop(self.messages.insert(message.id, message.clone())),
            News::Gone(id) => drop(self.messages.remove(id)),
            News::Reacted(id, emoji, count) => {
                let reactions = self.change(rev, *id)?.map(|message| &mut message.reactions);
                match reactions {
                    Some(reactions) if *count == 0 => drop(reactions.remove(emoji)),
                    Some(reactions) => drop(reactions.insert(emoji.clone(), *count)),
                    None => {}
                }
            }
            News::Pinned(id, on) => {
                if let Some(message) = self.change(rev, *id)? {
                    message.pinned = *on;
                }
            }
        }
        Ok(())
    }

    /// The message of a change that does not tell the whole of it. None when it was deleted while it was read by HTTP.
    fn change(&mut self, rev: i64, id: Uuid) -> Result<Option<&mut Message>, (Broken, String)> {
        match self.messages.get_mut(&id) {
            Some(message) => Ok(Some(message)),
            None if rev <= self.upto => Ok(None),
            None => Err((Broken::Lost, format!("{rev} changes {id}, which was never told"))),
        }
    }

    /// Forgets everything for what was read by HTTP.
    pub(super) fn load(&mut self, rev: i64, upto: i64, messages: &[Message]) {
        self.messages = messages.iter().map(|message| (message.id, message.clone())).collect();
        (self.loaded, self.upto) = (rev, upto);
        self.rev = self.rev.max(rev);
    }

    /// The server says that everything up to `rev` is known.
    pub(super) fn complete(&mut self, rev: i64) {
        self.rev = self.rev.max(rev);
    }

    /// Compares a row, whose last change must be known. What is wrong, in words.
    pub(super) fn compare(&self, row: &Row) -> Option<(Broken, String)> {
        let mine = self.messages.get(&row.id);
        let rev = row.rev;
        match mine {
            None if row.deleted => None,
            None => Some((Broken::Lost, format!("{} of {rev} is not known at {}", row.id, self.rev))),
            Some(_) if row.deleted => {
                Some((Broken::Lost, format!("{} was deleted by {rev} and is known at {}", row.id, self.rev)))
            }
            Some(mine) => {
                let reactions = row
                    .reactions
                    .iter()
                    .map(|(emoji, users)| (emoji.as_str().into(), i64::try_from(users.len()).unwrap()));
                let same = mine.seq == row.seq
                    && mine.author == row.author
                    && *mine.content == *row.content
                    && mine.pinned == row.pinned
                    && mine.reactions == reactions.collect::<BTreeMap<Box<str>, i64>>();
                (!same)
                    .then(|| (Broken::Diverged, format!("at {} known {mine:?}, there is {row:?}", self.rev)))
            }
        }
    }

    /// The messages that it knows.
    pub(super) fn ids(&self) -> impl Iterator<Item = &Uuid> {
        self.messages.keys()
    }
}
