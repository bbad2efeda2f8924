//! Voice channels, huddles and calls, and signals between peers.

use kernel::Code;
use voice_signaling::input::{AnswerBody, CallBody, SignalBody};

use super::{CommandRow, PLAIN};
use crate::ws::command::ChannelData;
use crate::ws::table::Shape;
use crate::ws::voice::{
    JoinVoiceData, ParticipantAck, VoicePlaceData, VoiceSessionAck, VoiceSessionData, VoiceStateData,
};

/// The commands.
pub(super) const ROWS: &[CommandRow] = &[
    CommandRow {
        name: "join-voice-channel",
        data: &[Shape::of::<JoinVoiceData>()],
        ack: Shape::of::<VoiceSessionAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["CONNECT"]],
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/voice/sessions"),
        words: "Comes into a voice channel by this device, from wherever the user is: one is in one voice channel, huddle or call at a time. Without SPEAK \
            one is suppressed: others must not play what one sends.",
        ..PLAIN
    },
    CommandRow {
        name: "leave-voice-channel",
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/voice/sessions/{voiceSessionId}"),
        words: "Leaves a voice channel or huddle. Who loses their connection and does not come back in time leaves, too.",
        ..PLAIN
    },
    CommandRow {
        name: "update-voice-state",
        data: &[Shape::of::<VoicePlaceData>(), Shape::of::<VoiceStateData>()],
        ack: Shape::of::<ParticipantAck>(),
        permissions: &[],
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound],
        call: Some("PUT /api/voice/sessions/{voiceSessionId}"),
        words: "Says how one is in a voice channel or huddle: what is not said stays. A picture or a screen wants SPEAK.",
        ..PLAIN
    },
    CommandRow {
        name: "webrtc-signal",
        data: &[Shape::of::<VoiceSessionData>(), Shape::of::<SignalBody>()],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/voice/sessions/{voiceSessionId}/signal"),
        words: "Hands a signal to somebody in the same session, to the device by which they are there; those of one socket arrive in \
            their order, and none is kept. At most 600 a minute, counted apart from other commands, of 48 KiB each. `CONFLICT`: the \
            user is there by another device.",
        ..PLAIN
    },
    CommandRow {
        name: "start-dm-call",
        data: &[Shape::of::<CallBody>()],
        ack: Shape::of::<VoiceSessionAck>(),
        permissions: &[&["PARTICIPANT"]],
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict, Code::Busy],
        call: Some("POST /api/voice/dm-call"),
        words: "Calls somebody, or everybody in a group, by this device. When there is a call in the conversation already the user comes \
            into that one. `BUSY`: they are in another call. `FORBIDDEN`: they do not accept messages from the user.",
        ..PLAIN
    },
    CommandRow {
        name: "answer-dm-call",
        data: &[Shape::of::<VoiceSessionData>(), Shape::of::<AnswerBody>()],
        ack: Shape::of::<VoiceSessionAck>(),
        permissions: &[&["PARTICIPANT"]],
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/calls/{callId}/answer"),
        words: "Answers a call by this device, or comes into one that others of the group have answered. The user's other devices stop \
            ringing. `CONFLICT`: another of them has answered, or there is no room left.",
        ..PLAIN
    },
    CommandRow {
        name: "decline-dm-call",
        data: &[Shape::of::<VoiceSessionData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("POST /api/calls/{callId}/decline"),
        words: "Declines a call: it rings on none of the user's devices any more. A call of two is over by it.",
        ..PLAIN
    },
    CommandRow {
        name: "end-dm-call",
        data: &[Shape::of::<VoiceSessionData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/voice/sessions/{voiceSessionId}"),
        words: "Hangs up. A call of two is over by it, a group's when the last hangs up.",
        ..PLAIN
    },
    CommandRow {
        name: "update-dm-call-state",
        data: &[Shape::of::<VoiceSessionData>(), Shape::of::<VoiceStateData>()],
        ack: Shape::of::<ParticipantAck>(),
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound],
        call: Some("PUT /api/voice/sessions/{voiceSessionId}"),
        words: "Says how one is in a call: what is not said stays.",
        ..PLAIN
    },
];
