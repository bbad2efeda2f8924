//! What is told of changes: to who asked for them, and to everybody by events.

use kernel::{Event, Internal};

use super::unit::{ChangeKind, Done, RowChange};
use crate::Error;
use crate::assemble::Around;
use crate::event::{self, Happening, PinChanged, ReactionChanged};
use crate::view::MessageView;

/// What became of a change.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The messages that it was about, as they are now: one, but of [`Change::DeleteAll`].
    pub(crate) messages: Vec<MessageView>,
    /// Whether this change made them so. Not, for a send whose nonce had been used.
    pub(crate) changed: bool,
}

impl Outcome {
    /// The message that the change was about.
    pub(crate) fn message(mut self) -> Result<MessageView, Error> {
        self.messages.pop().ok_or(Error::NoMessage)
    }
}

/// The event of one change of a row.
pub(super) fn event(told: &RowChange, around: &Around) -> Result<Event, Internal> {
    let RowChange { row, what, by, place, version } = told;
    let (message_id, seq, rev, user_id) = (row.id, row.seq, row.rev, *by);
    let message = || MessageView::new(row.clone(), *place, around);
    let (channel_id, conversation_id) = event::names(place.timeline, place.kind);
    let pin = PinChanged { message_id, channel_id, conversation_id, user_id };
    let happening = match what {
        ChangeKind::Written => Happening::Written(message()),
        ChangeKind::Edited => Happening::Edited(message()),
        ChangeKind::Updated => Happening::Updated(message()),
        ChangeKind::Deleted => Happening::Deleted(message_id, seq, rev),
        ChangeKind::Pinned => Happening::Pinned(pin, seq, rev),
        ChangeKind::Unpinned => Happening::Unpinned(pin, seq, rev),
        ChangeKind::Reacted { emoji, op, count } => {
            let (emoji, op, count) = (emoji.clone(), *op, *count);
            let reaction =
                ReactionChanged { message_id, channel_id, conversation_id, emoji, user_id, op, count };
            Happening::Reacted(reaction, seq, rev)
        }
    };
    happening.event(*place, *version)
}

/// What became of a change that was made.
pub(super) fn outcome(done: Done, around: &Around) -> Outcome {
    let Done { rows, changed, place } = done;
    Outcome { messages: rows.into_iter().map(|row| MessageView::new(row, place, around)).collect(), changed }
}
