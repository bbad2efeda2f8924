//! Who is there.

use identity::input::StatusBody;
use kernel::Code;

use super::{CommandRow, PLAIN};
use crate::ws::payload::StatusAck;
use crate::ws::presence::{WatchAck, WatchData};
use crate::ws::table::Shape;

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "update-status",
        aliases: &["user-status"],
        data: &[Shape::of::<StatusBody>()],
        ack: Shape::of::<StatusAck>(),
        call: Some("PUT /api/users/status"),
        words: "Changes how the user wants to be seen.",
        ..PLAIN
    },
    CommandRow {
        name: "watch-members",
        data: &[Shape::of::<WatchData>()],
        ack: Shape::of::<WatchAck>(),
        permissions: &[&["MEMBER"]],
        errors: &[Code::ResourceNotFound],
        words: "Looks at a part of a server's list of members, by user id, in place of another part of it: where very many \
            are online, only changes of those are told.",
        ..PLAIN
    },
];
