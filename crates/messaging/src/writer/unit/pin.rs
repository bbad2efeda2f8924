//! Pinning a message, and the end of it.

use kernel::{Grant, MessageId, TimelineId, Timestamp};

use super::{ChangeKind, UnitOfWork};
use crate::Error;
use crate::row::Row;

impl UnitOfWork {
    pub(super) fn pin(
        &mut self,
        grant: &Grant,
        id: MessageId,
        at: Timestamp,
        most: i64,
    ) -> Result<Row, Error> {
        let row = self.alive(grant, id)?.clone();
        if row.pinned_at.is_some() {
            return Ok(row);
        }
        if self.pinned.get(&row.timeline_id).is_some_and(|pinned| *pinned >= most) {
            return Err(Error::TooManyPins { most });
        }
        self.count_pins(row.timeline_id, 1);
        let row = Row { pinned_at: Some(at), pinned_by: Some(grant.user()), ..row };
        self.change(grant, row, ChangeKind::Pinned)
    }

    pub(super) fn unpin(&mut self, grant: &Grant, id: MessageId) -> Result<Row, Error> {
        let row = self.alive(grant, id)?.clone();
        if row.pinned_at.is_none() {
            return Ok(row);
        }
        self.count_pins(row.timeline_id, -1);
        self.change(grant, Row { pinned_at: None, pinned_by: None, ..row }, ChangeKind::Unpinned)
    }

    pub(super) fn count_pins(&mut self, timeline: TimelineId, more: i64) {
        *self.pinned.entry(timeline).or_default() += more;
    }
}
