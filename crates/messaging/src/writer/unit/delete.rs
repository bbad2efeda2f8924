//! The end of messages: a tombstone keeps the place of each.

use kernel::{Grant, MessageId, Timestamp};

use super::{ChangeKind, UnitOfWork};
use crate::Error;
use crate::row::Row;

impl UnitOfWork {
    /// Deletes those of the messages that the grant covers and that are there.
    pub(super) fn delete_all(
        &mut self,
        grant: &Grant,
        ids: &[MessageId],
        at: Timestamp,
    ) -> Result<Vec<Row>, Error> {
        let mut gone = Vec::new();
        for id in ids {
            if let Ok(row) = self.alive(grant, *id).cloned() {
                gone.push(self.delete(grant, row, at)?);
            }
        }
        Ok(gone)
    }

    pub(super) fn delete(&mut self, grant: &Grant, row: Row, at: Timestamp) -> Result<Row, Error> {
        if row.emoji > 0 || row.edited_at.is_some() {
            self.cleared.push((row.timeline_id, row.seq));
        }
        self.previews.drop_of(&row);
        self.unmentioned.extend(row.mentioned().iter().map(|user| (*user, row.timeline_id, row.seq)));
        if row.pinned_at.is_some() {
            self.count_pins(row.timeline_id, -1);
        }
        if row.files > 0 {
            self.files.release(row.id, at);
        }
        let row = Row {
            content: String::new(),
            deleted_at: Some(at),
            mentioned_users: None,
            mentioned_roles: None,
            mentions_everyone: false,
            pinned_at: None,
            pinned_by: None,
            emoji: 0,
            files: 0,
            ..row
        };
        let row = self.change(grant, row, ChangeKind::Deleted)?;
        self.leave_thread(grant, &row)?;
        Ok(row)
    }

    /// The thread has one reply less. When its parent is gone, nobody is told how many there are.
    fn leave_thread(&mut self, grant: &Grant, reply: &Row) -> Result<(), Error> {
        let parent = reply.parent_id.and_then(|id| self.rows.get(&id));
        if let Some(parent) = parent.filter(|parent| parent.deleted_at.is_none()).cloned() {
            let thread_count = (parent.thread_count - 1).max(0);
            let last_reply_at = parent.last_reply_at.filter(|_| thread_count > 0);
            self.change(grant, Row { thread_count, last_reply_at, ..parent }, ChangeKind::Updated)?;
        }
        Ok(())
    }
}
