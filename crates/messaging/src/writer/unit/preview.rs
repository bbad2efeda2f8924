//! What is behind the links of messages.

use std::collections::{HashMap, HashSet};

use kernel::{Grant, MessageId};

use super::{ChangeKind, UnitOfWork};
use crate::Error;
use crate::preview::LinkPreview;
use crate::row::Row;

/// What a batch does to previews.
#[derive(Clone, Debug, Default)]
pub(crate) struct Previews {
    kept: HashMap<MessageId, LinkPreview>,
    dropped: HashSet<MessageId>,
}

impl Previews {
    /// Those to be kept, after the others were dropped.
    pub(crate) fn kept(&self) -> Vec<(MessageId, &LinkPreview)> {
        self.kept.iter().map(|(id, preview)| (*id, preview)).collect()
    }

    /// The messages that have none any more.
    pub(crate) fn dropped(&self) -> Vec<MessageId> {
        self.dropped.iter().copied().collect()
    }

    /// The text that `row` has is about to go, and the preview of its link with it.
    pub(super) fn drop_of(&mut self, row: &Row) {
        if row.may_have_preview() {
            self.kept.remove(&row.id);
            self.dropped.insert(row.id);
        }
    }
}

impl UnitOfWork {
    /// Gives a message its preview, unless its text is another than the one whose link was looked at.
    pub(super) fn preview(
        &mut self,
        grant: &Grant,
        id: MessageId,
        content: &str,
        preview: &LinkPreview,
    ) -> Result<Row, Error> {
        let row = self.alive(grant, id)?.clone();
        if row.content != content {
            return Ok(row);
        }
        self.previews.kept.insert(id, preview.clone());
        self.change(grant, row, ChangeKind::Updated)
    }
}
