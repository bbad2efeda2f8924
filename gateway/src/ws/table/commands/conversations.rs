//! Writing to people.

use kernel::Code;
use messaging::ReadMark;
use messaging::input::{EditBody, SendBody};

use super::{CommandRow, PLAIN};
use crate::actions::scheduled::SendOutcome;
use crate::ws::command::{MarkReadData, MessageData};
use crate::ws::conversations::{ConversationData, RecipientData};
use crate::ws::payload::{DeleteAck, MessageAck};
use crate::ws::table::Shape;

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "send-dm",
        data: &[Shape::of::<RecipientData>(), Shape::of::<SendBody>()],
        ack: Shape::of::<SendOutcome>(),
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/dms/send"),
        words: "Sends a message to somebody, whose conversation is opened if there is none, or to a conversation. \
            `FORBIDDEN`: they do not accept messages from the sender.",
        ..PLAIN
    },
    CommandRow {
        name: "edit-dm",
        data: &[Shape::of::<MessageData>(), Shape::of::<EditBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["AUTHOR"]],
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("PUT /api/messages/{messageId}"),
        words: "Changes the text of a message: `edit-message` by another name.",
        ..PLAIN
    },
    CommandRow {
        name: "delete-dm",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<DeleteAck>(),
        permissions: &[&["PARTICIPANT"], &["AUTHOR", "GROUP_ADMIN"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}"),
        words: "Deletes a message, for everyone: `delete-message` by another name.",
        ..PLAIN
    },
    CommandRow {
        name: "mark-dm-read",
        data: &[Shape::of::<ConversationData>(), Shape::of::<MarkReadData>()],
        ack: Shape::of::<ReadMark>(),
        permissions: &[&["PARTICIPANT"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/dms/conversations/{conversationId}/read"),
        words: "Marks a conversation as read, up to a message or to the newest. The others hear of it, at most once a second.",
        ..PLAIN
    },
    CommandRow {
        name: "dm-typing",
        data: &[Shape::of::<ConversationData>()],
        permissions: &[&["PARTICIPANT"]],
        errors: &[Code::Blocked, Code::ResourceNotFound],
        words: "Tells a conversation that the user is typing, as `typing-start` does for a channel.",
        ..PLAIN
    },
    CommandRow {
        name: "dm-stop-typing",
        data: &[Shape::of::<ConversationData>()],
        words: "Tells a conversation that the user stopped typing. Sending the message says so too.",
        ..PLAIN
    },
];
