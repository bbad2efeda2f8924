//! Emoji on messages.

use std::collections::HashMap;

use kernel::{Denied, Grant, MessageId, Permissions, Rev};

use super::super::change::ReactionIntent;
use super::{ChangeKind, UnitOfWork};
use crate::Error;
use crate::event::ReactionOp;
use crate::input::Emoji;
use crate::row::Row;
use crate::store::reactions::{Count, Key, MessageKey, ReactionState};

/// Different emoji that a message can have.
const EMOJI_MAX: i16 = 20;

/// The reactions that a batch is about: what was read of them, and what has been done to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reactions {
    /// Whether somebody has put an emoji on a message.
    held: HashMap<Key, bool>,
    /// How many have, and since when somebody has.
    counts: HashMap<(MessageKey, String), (i32, Rev)>,
    /// Those that are other than they were read; since when, when they are there.
    changed: HashMap<Key, Option<Rev>>,
}

impl Reactions {
    /// What was read of `keys`.
    pub(crate) fn new(keys: &[Key], stands: &[ReactionState]) -> Self {
        let mut reactions = Self::default();
        for stand in stands {
            let key = usize::try_from(stand.number - 1).ok().and_then(|number| keys.get(number));
            if let Some(key) = key {
                reactions.held.insert(key.clone(), stand.held);
                reactions.counts.insert((key.message, key.emoji.clone()), (stand.count, stand.since));
            }
        }
        reactions
    }

    /// Those to be added, each with its rev.
    pub(crate) fn put(&self) -> Vec<(Key, Rev)> {
        self.changed.iter().filter_map(|(key, rev)| Some((key.clone(), (*rev)?))).collect()
    }

    /// Those to be removed.
    pub(crate) fn taken(&self) -> Vec<Key> {
        self.changed.iter().filter(|(_, rev)| rev.is_none()).map(|(key, _)| key.clone()).collect()
    }

    /// The numbers to be written.
    pub(crate) fn counts(&self) -> Vec<Count> {
        let keys = self.changed.keys().map(|key| (key.message, key.emoji.clone()));
        let keys = keys.collect::<std::collections::HashSet<_>>().into_iter();
        let counts = keys.filter_map(|(message, emoji)| {
            let (count, since) = *self.counts.get(&(message, emoji.clone()))?;
            Some(Count { message, emoji, count, since })
        });
        counts.collect()
    }
}

impl UnitOfWork {
    pub(super) fn react(
        &mut self,
        grant: &Grant,
        id: MessageId,
        emoji: &Emoji,
        intent: ReactionIntent,
        may_begin: bool,
    ) -> Result<Row, Error> {
        let row = self.alive(grant, id)?.clone();
        let emoji = emoji.as_str().to_string();
        let key = Key { message: (row.timeline_id, row.seq), emoji: emoji.clone(), user: grant.user() };
        let held = self.reactions.held.get(&key).copied().unwrap_or(false);
        let (count, since) =
            self.reactions.counts.get(&(key.message, emoji.clone())).copied().unwrap_or_default();
        let comes = match intent {
            ReactionIntent::There => true,
            ReactionIntent::Gone => false,
            ReactionIntent::Toggled => !held,
        };
        if comes == held {
            return Ok(row);
        }
        if comes && count == 0 {
            if !may_begin {
                return Err(Denied::Missing(Permissions::ADD_REACTIONS).into());
            }
            if row.emoji >= EMOJI_MAX {
                return Err(Error::TooManyEmoji { most: EMOJI_MAX });
            }
        }
        let (more, op) = if comes { (1, ReactionOp::Add) } else { (-1, ReactionOp::Remove) };
        let count = count + more;
        let kinds = match (comes, count) {
            (true, 1) => row.emoji + 1,
            (false, 0) => row.emoji - 1,
            _ => row.emoji,
        };
        let what = ChangeKind::Reacted { emoji: emoji.clone(), op, count };
        let row = self.change(grant, Row { emoji: kinds, ..row }, what)?;
        let since = if comes && count == 1 { row.rev } else { since };
        self.reactions.counts.insert((key.message, emoji), (count, since));
        self.reactions.held.insert(key.clone(), comes);
        self.reactions.changed.insert(key, comes.then_some(row.rev));
        Ok(row)
    }
}
