//! Messages, and what stands beside them.

use kernel::Code;
use messaging::ReadMark;
use messaging::input::{EditBody, ReactionBody, SendBody};

use super::{CommandRow, PLAIN};
use crate::actions::scheduled::SendOutcome;
use crate::ws::command::{ChannelData, MarkReadData, MessageData};
use crate::ws::payload::{DeleteAck, MessageAck};
use crate::ws::table::Shape;

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "send-message",
        data: &[Shape::of::<ChannelData>(), Shape::of::<SendBody>()],
        ack: Shape::of::<SendOutcome>(),
        permissions: &[&["VIEW_CHANNEL"], &["SEND_MESSAGES"]],
        errors: &[
            Code::Blocked,
            Code::InsufficientPermissions,
            Code::MessageBlocked,
            Code::QuotaExceeded,
            Code::ResourceNotFound,
            Code::Conflict,
        ],
        call: Some("POST /api/channels/{channelId}/messages"),
        words: "Sends a message to a channel. One does not need to listen to it. With a `nonce` it can be sent again when \
            the answer got lost.",
        ..PLAIN
    },
    CommandRow {
        name: "edit-message",
        data: &[Shape::of::<MessageData>(), Shape::of::<EditBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["AUTHOR"], &["SEND_MESSAGES"]],
        errors: &[
            Code::Blocked,
            Code::InsufficientPermissions,
            Code::MessageBlocked,
            Code::ResourceNotFound,
            Code::Conflict,
        ],
        call: Some("PUT /api/messages/{messageId}"),
        words: "Changes the text of a message. `newContent` is understood for `content`.",
        ..PLAIN
    },
    CommandRow {
        name: "delete-message",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<DeleteAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["AUTHOR", "MANAGE_MESSAGES"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}"),
        words: "Deletes a message, for everyone.",
        ..PLAIN
    },
    CommandRow {
        name: "add-reaction",
        data: &[Shape::of::<MessageData>(), Shape::of::<ReactionBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["READ_HISTORY"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/messages/{messageId}/reactions"),
        words: "Puts an emoji on a message. Again changes nothing. An emoji that nobody has put there yet wants \
            ADD_REACTIONS.",
        ..PLAIN
    },
    CommandRow {
        name: "remove-reaction",
        data: &[Shape::of::<MessageData>(), Shape::of::<ReactionBody>()],
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}/reactions"),
        words: "Takes one's own emoji from a message. When it is not there, nothing changes.",
        ..PLAIN
    },
    CommandRow {
        name: "toggle-reaction",
        aliases: &["message-reaction"],
        data: &[Shape::of::<MessageData>(), Shape::of::<ReactionBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["READ_HISTORY"]],
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/messages/{messageId}/react"),
        words: "Puts an emoji on a message, or takes it back when it is there.",
        ..PLAIN
    },
    CommandRow {
        name: "pin-message",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["MANAGE_MESSAGES"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/messages/{messageId}/pin"),
        words: "Pins a message. In a conversation of two both may.",
        ..PLAIN
    },
    CommandRow {
        name: "unpin-message",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["MANAGE_MESSAGES"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}/pin"),
        words: "Pins a message no more.",
        ..PLAIN
    },
    CommandRow {
        name: "mark-read",
        aliases: &["message-read"],
        data: &[Shape::of::<ChannelData>(), Shape::of::<MarkReadData>()],
        ack: Shape::of::<ReadMark>(),
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::ResourceNotFound],
        call: Some("POST /api/channels/{channelId}/read"),
        words: "Marks a channel as read, up to a message or to the newest. A read mark never goes back.",
        ..PLAIN
    },
    CommandRow {
        name: "typing-start",
        aliases: &["typing"],
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        permissions: &[&["VIEW_CHANNEL"], &["SEND_MESSAGES"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound],
        words: "Tells that the user is typing: at most once a second is passed on, and after 5 seconds it is over by \
            itself.",
        ..PLAIN
    },
    CommandRow {
        name: "typing-stop",
        aliases: &["stop-typing"],
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        words: "Tells that the user stopped typing. Sending the message says so too.",
        ..PLAIN
    },
];
