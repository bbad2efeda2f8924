//! The files of messages: claimed by who uploaded them, gone with the message.

use std::collections::HashMap;

use kernel::{AttachmentId, Grant, MessageId, ScopeId, Seq, Timestamp};
use media::{Attachment, Claim};

use super::super::change::Post;
use super::{ChangeKind, UnitOfWork};
use crate::Error;
use crate::model::{Place, TimelineKind};
use crate::policy::may_attach;
use crate::row::Row;

/// The files that are locked, and what has been done to files.
#[derive(Debug, Default)]
pub(in crate::writer) struct Files {
    locked: HashMap<AttachmentId, Attachment>,
    /// Bytes that the files of servers take, where it matters.
    taken: HashMap<ScopeId, i64>,
    claims: Vec<Claim>,
    released: Vec<MessageId>,
    released_at: Option<Timestamp>,
}

impl Files {
    pub(in crate::writer) fn new(
        locked: HashMap<AttachmentId, Attachment>,
        taken: HashMap<ScopeId, i64>,
    ) -> Self {
        Self { locked, taken, ..Self::default() }
    }

    /// Files that become parts of messages.
    pub(in crate::writer) fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Messages that have files no more, and since when.
    pub(in crate::writer) fn released(&self) -> Option<(&[MessageId], Timestamp)> {
        Some((self.released.as_slice(), self.released_at?))
    }

    /// The message is gone.
    pub(super) fn release(&mut self, message: MessageId, at: Timestamp) {
        self.released.push(message);
        self.released_at = Some(at);
    }
}

impl UnitOfWork {
    /// That a new message of the grant's user may have these files.
    pub(super) fn may_have(&self, grant: &Grant, place: Place, post: &Post) -> Result<(), Error> {
        let files = post.files.iter().map(|id| self.files.locked.get(id));
        may_attach(grant, files.clone())?;
        let Some(limit) = post.room.filter(|_| place.kind == TimelineKind::Channel && !post.files.is_empty())
        else {
            return Ok(());
        };
        let taken = self.files.taken.get(&place.scope).copied().unwrap_or(0);
        let all = files.flatten().fold(taken, |sum, file| sum.saturating_add(file.size));
        if u64::try_from(all).is_ok_and(|all| all <= limit) { Ok(()) } else { Err(Error::NoRoom { limit }) }
    }

    /// The message is told of as it is now: its files are another crate's rows.
    pub(super) fn show_files(&mut self, grant: &Grant, id: MessageId) -> Result<Row, Error> {
        let row = self.alive(grant, id)?.clone();
        if row.files == 0 { Ok(row) } else { self.change(grant, row, ChangeKind::Updated) }
    }

    /// The message loses its files. Where it has nothing else, it is deleted.
    pub(super) fn remove_files(&mut self, grant: &Grant, row: Row, at: Timestamp) -> Result<Row, Error> {
        if row.files == 0 {
            return Ok(row);
        }
        if row.content.trim().is_empty() {
            return self.delete(grant, row, at);
        }
        self.files.release(row.id, at);
        self.change(grant, Row { files: 0, ..row }, ChangeKind::Updated)
    }

    /// Gives the files to the message of the number `seq`; how many there are.
    pub(super) fn give(
        &mut self,
        grant: &Grant,
        message: MessageId,
        seq: Seq,
        files: &[AttachmentId],
    ) -> i16 {
        let mut count = 0;
        for file in files {
            self.files.claims.push(Claim {
                file: *file,
                timeline: grant.timeline(),
                scope: grant.scope(),
                message,
                seq,
                position: count,
            });
            // The next message of this batch cannot have it, too, nor its room.
            let size = self.files.locked.remove(file).map_or(0, |file| file.size);
            *self.files.taken.entry(grant.scope()).or_default() += size;
            count += 1;
        }
        count
    }
}
