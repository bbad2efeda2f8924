//! Keeping order.

use kernel::Code;
use moderation::input::{BanBody, KickBody, TimeoutBody, WarnBody};

use super::{CommandRow, PLAIN};
use crate::ws::command::Target;
use crate::ws::payload::{BanAck, TimeoutAck, WarnAck};
use crate::ws::table::Shape;

/// What acting on a member can be refused with.
const ACTS: &[Code] = &[Code::InsufficientPermissions, Code::RoleHierarchy, Code::ResourceNotFound];

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "kick-member",
        data: &[Shape::of::<Target>(), Shape::of::<KickBody>()],
        permissions: &[&["KICK_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/kick"),
        words: "Removes a member, who may come back.",
        ..PLAIN
    },
    CommandRow {
        name: "ban-member",
        data: &[Shape::of::<Target>(), Shape::of::<BanBody>()],
        ack: Shape::of::<BanAck>(),
        permissions: &[&["BAN_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/ban"),
        words: "Removes somebody and keeps them out, for a time or for ever.",
        ..PLAIN
    },
    CommandRow {
        name: "timeout-member",
        data: &[Shape::of::<Target>(), Shape::of::<TimeoutBody>()],
        ack: Shape::of::<TimeoutAck>(),
        permissions: &[&["MODERATE_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/timeout"),
        words: "Lets a member only look and read for a time.",
        ..PLAIN
    },
    CommandRow {
        name: "warn-member",
        data: &[Shape::of::<Target>(), Shape::of::<WarnBody>()],
        ack: Shape::of::<WarnAck>(),
        permissions: &[&["MODERATE_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/warn"),
        words: "Warns a member.",
        ..PLAIN
    },
];
