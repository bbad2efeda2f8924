//! The session itself, and what it listens to.

use kernel::Code;

use super::{CommandRow, PLAIN};
use crate::ws::command::{AuthenticateData, ChannelData, JoinData, ResumeData};
use crate::ws::join::Outcome;
use crate::ws::payload::{ChannelLeft, Resumed, TokenAck};
use crate::ws::table::Shape;

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "authenticate",
        data: &[Shape::of::<AuthenticateData>()],
        ack: Shape::of::<TokenAck>(),
        errors: &[Code::TokenExpired],
        words: "Brings the access token, or an API key: as the first frame when it did not come with the upgrade, and later a newer one \
            of the same account, before the present one expires.",
        ..PLAIN
    },
    CommandRow {
        name: "ping",
        words: "Asks for a `pong`: for clients that cannot send the ping of the protocol.",
        ..PLAIN
    },
    CommandRow {
        name: "join-channel",
        data: &[Shape::of::<JoinData>()],
        bare: true,
        ack: Shape::of::<Outcome>(),
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        words: "Listens to one channel or several. With `since`, what changed after that `rev` is sent first, as `resume` \
            does. Joining a channel twice repeats nothing. `RESOURCE_NOT_FOUND` when the only channel is not there.",
        ..PLAIN
    },
    CommandRow {
        name: "leave-channel",
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        ack: Shape::of::<ChannelLeft>(),
        words: "Listens to a channel no more.",
        ..PLAIN
    },
    CommandRow {
        name: "resume",
        data: &[Shape::of::<ResumeData>()],
        ack: Shape::of::<Resumed>(),
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::Conflict],
        call: Some("GET /api/channels/{channelId}/changes"),
        words: "Comes back: joins the channels, and sends what changed since the given `rev` of each as ordinary events, \
            then `resumed`. May be sent in parts. Without READ_HISTORY nothing is replayed. What came through this socket since \
            the channel was joined does not come again, unless it was left by `leave-channel` meanwhile.",
        ..PLAIN
    },
];
