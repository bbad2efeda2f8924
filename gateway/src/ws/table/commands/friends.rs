//! Friends and requests.

use kernel::Code;
use social::input::AskBody;

use super::{CommandRow, PLAIN};
use crate::ws::friends::{FriendAck, FriendData, RequestAck, RequestData};
use crate::ws::table::Shape;

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "send-friend-request",
        data: &[Shape::of::<AskBody>()],
        ack: Shape::of::<RequestAck>(),
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/friends/request"),
        words: "Asks somebody to be a friend. When they had asked before, the two are friends at once.",
        ..PLAIN
    },
    CommandRow {
        name: "accept-friend-request",
        data: &[Shape::of::<RequestData>()],
        ack: Shape::of::<FriendAck>(),
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/friends/accept/{requestId}"),
        words: "Accepts a friend request.",
        ..PLAIN
    },
    CommandRow {
        name: "decline-friend-request",
        data: &[Shape::of::<RequestData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("POST /api/friends/decline/{requestId}"),
        words: "Declines a friend request.",
        ..PLAIN
    },
    CommandRow {
        name: "cancel-friend-request",
        data: &[Shape::of::<RequestData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/friends/requests/{requestId}"),
        words: "Takes back a friend request.",
        ..PLAIN
    },
    CommandRow {
        name: "remove-friend",
        data: &[Shape::of::<FriendData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/friends/remove/{friendId}"),
        words: "Ends a friendship.",
        ..PLAIN
    },
];
