//! What a batch does, in memory: heads and rows before, heads and rows after. Pure.

mod delete;
mod files;
mod pin;
mod post;
mod preview;
mod react;

use std::collections::{HashMap, HashSet};

use kernel::{Grant, MessageId, Seq, TimelineId, UserId, Version};

use super::change::Change;
use crate::Error;
use crate::event::ReactionOp;
use crate::fence::Reach;
use crate::model::Place;
use crate::policy;
use crate::preview::first_link;
use crate::row::Row;
use crate::store::append::Appended;
use crate::store::edits::PreviousVersion;
use crate::store::heads::Locked;
use crate::store::marks::Mark;
use crate::store::mentions::Mention;
use crate::store::reactions::MessageKey;
use crate::store::write::NonceKey;
pub(super) use files::Files;
pub(super) use preview::Previews;
pub(super) use react::Reactions;

/// What happened to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChangeKind {
    Written,
    Edited,
    Updated,
    Deleted,
    Reacted { emoji: String, op: ReactionOp, count: i32 },
    Pinned,
    Unpinned,
}

/// One change of one row, and the row right after it.
#[derive(Clone, Debug)]
pub(super) struct RowChange {
    pub(super) row: Row,
    pub(super) what: ChangeKind,
    /// Who did it.
    pub(super) by: UserId,
    pub(super) place: Place,
    pub(super) version: Version,
}

/// What became of a change: the rows that it was about, right after it.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) rows: Vec<Row>,
    /// Whether anything is other than before.
    pub(super) changed: bool,
    pub(super) place: Place,
}

/// The locked heads, the rows that were read, and what has been done to both.
#[derive(Debug, Default)]
pub(super) struct UnitOfWork {
    heads: HashMap<TimelineId, Locked>,
    /// Whom those reach who name others in a new message.
    reaches: HashMap<UserId, Reach>,
    rows: HashMap<MessageId, Row>,
    nonces: HashMap<NonceKey, MessageId>,
    reactions: Reactions,
    /// How many messages are pinned, of the timelines where one is to be.
    pinned: HashMap<TimelineId, i64>,
    advanced: HashSet<TimelineId>,
    created: Vec<MessageId>,
    changed: HashSet<MessageId>,
    read: HashMap<(UserId, TimelineId), (Seq, i64)>,
    told: Vec<RowChange>,
    former: Vec<PreviousVersion>,
    mentioned: Vec<Mention>,
    unmentioned: Vec<Mention>,
    cleared: Vec<MessageKey>,
    files: Files,
    previews: Previews,
}

impl UnitOfWork {
    pub(super) fn new(heads: Vec<Locked>, rows: Vec<Row>) -> Self {
        let heads = heads.into_iter().map(|head| (head.id, head)).collect();
        let mut unit = Self { heads, ..Self::default() };
        unit.know(rows);
        unit
    }

    /// With the files that new messages are to have.
    pub(super) fn with_files(self, files: Files) -> Self {
        Self { files, ..self }
    }

    /// With whom those reach who name others.
    pub(super) fn with_reaches(self, reaches: HashMap<UserId, Reach>) -> Self {
        Self { reaches, ..self }
    }

    /// What became of files.
    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// With what is known of the reactions that changes are about, and of pins.
    pub(super) fn with(self, reactions: Reactions, pinned: HashMap<TimelineId, i64>) -> Self {
        Self { reactions, pinned, ..self }
    }

    /// With these rows, too.
    pub(super) fn know(&mut self, rows: Vec<Row>) {
        rows.into_iter().for_each(|row| self.remember(row));
    }

    /// Whether the grant's place is locked here.
    pub(super) fn locks(&self, grant: &Grant) -> bool {
        self.heads.contains_key(&grant.timeline())
    }

    fn remember(&mut self, row: Row) {
        if let Some(nonce) = &row.nonce {
            let key = NonceKey { timeline: row.timeline_id, author: row.author_id, nonce: nonce.clone() };
            self.nonces.insert(key, row.id);
        }
        self.rows.insert(row.id, row);
    }

    /// Makes one change, or says why not. What is refused leaves no trace.
    pub(super) fn apply(&mut self, grant: &Grant, change: &Change) -> Result<Done, Error> {
        let head = *self.heads.get(&grant.timeline()).ok_or(Error::NoTimeline)?;
        if grant.version() != head.version {
            return Err(Error::Stale);
        }
        let before = self.told.len();
        let rows = match change {
            Change::Post(post) => vec![self.post(grant, head, post)?],
            Change::Edit { id, content, at, window } => {
                let row = self.alive(grant, *id)?;
                policy::may_edit(row, grant.user(), *at, *window)?;
                vec![self.edit(grant, row.clone(), content, *at)?]
            }
            Change::Preview { id, content, preview } => vec![self.preview(grant, *id, content, preview)?],
            Change::Delete { id, at, moderator } => {
                let row = self.alive(grant, *id)?;
                policy::may_delete(row, grant.user(), *moderator)?;
                vec![self.delete(grant, row.clone(), *at)?]
            }
            Change::ShowFiles { id } => vec![self.show_files(grant, *id)?],
            Change::RemoveFiles { id, at } => {
                let row = self.alive(grant, *id)?;
                policy::may_delete(row, grant.user(), false)?;
                vec![self.remove_files(grant, row.clone(), *at)?]
            }
            Change::DeleteAll { ids, at } => self.delete_all(grant, ids, *at)?,
            Change::React { id, emoji, intent, may_begin } => {
                vec![self.react(grant, *id, emoji, *intent, *may_begin)?]
            }
            Change::Pin { id, at, most } => vec![self.pin(grant, *id, *at, *most)?],
            Change::Unpin { id } => vec![self.unpin(grant, *id)?],
        };
        Ok(Done { rows, changed: self.told.len() > before, place: head.place() })
    }

    fn edit(&mut self, grant: &Grant, row: Row, content: &str, at: kernel::Timestamp) -> Result<Row, Error> {
        if row.content == content {
            return Ok(row);
        }
        self.previews.drop_of(&row);
        let written_at = row.edited_at.unwrap_or(row.created_at);
        let (timeline, seq, former) = (row.timeline_id, row.seq, row.content.clone());
        let row = Row { content: content.into(), edited_at: Some(at), ..row };
        let row = self.change(grant, row, ChangeKind::Edited)?;
        self.former.push(PreviousVersion { timeline, seq, rev: row.rev, content: former, written_at });
        Ok(row)
    }

    /// Takes the row's timeline one rev further and the row with it.
    fn change(&mut self, grant: &Grant, row: Row, what: ChangeKind) -> Result<Row, Error> {
        let head = self.heads.get_mut(&row.timeline_id).ok_or(Error::NoTimeline)?;
        head.rev += 1;
        let row = Row { rev: head.rev, ..row };
        self.changed.insert(row.id);
        self.rows.insert(row.id, row.clone());
        self.tell(grant, row.clone(), what)?;
        Ok(row)
    }

    fn tell(&mut self, grant: &Grant, row: Row, what: ChangeKind) -> Result<(), Error> {
        let head = self.heads.get(&row.timeline_id).ok_or(Error::NoTimeline)?;
        let (place, version) = (head.place(), head.version);
        self.advanced.insert(row.timeline_id);
        self.told.push(RowChange { row, what, by: grant.user(), place, version });
        Ok(())
    }

    /// A message that the grant covers and that was not deleted.
    fn alive(&self, grant: &Grant, id: MessageId) -> Result<&Row, Error> {
        let row = self.rows.get(&id).filter(|row| {
            row.timeline_id == grant.timeline() && row.seq >= grant.visible_from() && row.deleted_at.is_none()
        });
        row.ok_or(Error::NoMessage)
    }

    /// Whether all that is to be written is new messages, and what they move.
    pub(super) fn only_appends(&self) -> bool {
        // All else comes with the change of a row.
        self.changed.is_empty()
            && self.mentioned.is_empty()
            && self.files.claims().is_empty()
            && self.unseen_links().is_empty()
    }

    /// Rows to be added, marks to be moved on, and heads to be written back.
    pub(super) fn appended(&self) -> Appended<'_> {
        let rows = self.created.iter().filter_map(|id| self.rows.get(id)).collect();
        let heads = self.advanced.iter().filter_map(|id| self.heads.get(id)).collect();
        let marks = self.read.iter().map(|((user, timeline), (seq, replies))| Mark {
            user: *user,
            timeline: *timeline,
            seq: *seq,
            replies: *replies,
        });
        let mut marks = marks.collect::<Vec<_>>();
        // One order for everybody: no deadlock between two writers.
        marks.sort_unstable();
        Appended { rows, heads, marks }
    }

    /// Rows to be written back, after those were added.
    pub(super) fn changed(&self) -> Vec<&Row> {
        self.changed.iter().filter_map(|id| self.rows.get(id)).collect()
    }

    /// What happened, in the order of revs.
    pub(super) fn told(&self) -> &[RowChange] {
        &self.told
    }

    /// What became of reactions.
    pub(super) fn reactions(&self) -> &Reactions {
        &self.reactions
    }

    /// What edited messages said before.
    pub(super) fn former(&self) -> &[PreviousVersion] {
        &self.former
    }

    /// What becomes of previews.
    pub(super) fn previews(&self) -> &Previews {
        &self.previews
    }

    /// Messages that were written, or edited, with a link that nobody has looked at.
    pub(super) fn unseen_links(&self) -> Vec<MessageId> {
        let new =
            self.told.iter().filter(|told| matches!(told.what, ChangeKind::Written | ChangeKind::Edited));
        let linked = new.filter(|told| first_link(&told.row.content).is_some());
        linked.map(|told| told.row.id).collect()
    }

    /// Who is mentioned, and who no more.
    pub(super) fn mentions(&self) -> (&[Mention], &[Mention]) {
        (&self.mentioned, &self.unmentioned)
    }

    /// Messages that are gone and of which something is kept beside their rows.
    pub(super) fn cleared(&self) -> (Vec<TimelineId>, Vec<Seq>) {
        self.cleared.iter().copied().unzip()
    }
}
