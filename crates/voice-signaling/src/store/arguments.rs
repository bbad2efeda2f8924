//! What scripts are told, as JSON.

use std::time::Duration;

use kernel::{ScopeId, SessionId, TimelineId, Timestamp, UserId, Version, VoiceSessionId};
use serde::{Serialize, Serializer};

use crate::model::{Flags, SessionKind};

/// Somebody who comes to a place.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Join {
    pub(crate) user: UserId,
    pub(crate) kind: SessionKind,
    pub(crate) place: TimelineId,
    pub(crate) scope: ScopeId,
    /// The version of the scope at which they may.
    pub(crate) version: Version,
    pub(crate) speaks: bool,
    /// Their session, if there is none yet.
    pub(crate) fresh: VoiceSessionId,
    /// How many may be there.
    pub(crate) limit: u32,
    /// How long they are there without being seen.
    #[serde(serialize_with = "millis")]
    pub(crate) unseen: Duration,
    #[serde(flatten)]
    pub(crate) by: By,
    #[serde(flatten)]
    pub(crate) target: Target,
}

/// Who wants it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum By {
    /// They themselves, by this device. Without flags they are as they were there, or muted by nothing.
    Themselves {
        device: SessionId,
        #[serde(skip_serializing_if = "Option::is_none")]
        flags: Option<Flags>,
    },
    /// Somebody who moves them from this session: they keep device and flags.
    Mover { from: VoiceSessionId },
}

/// The session that they come into.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Target {
    /// This one alone, and no new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<VoiceSessionId>,
    /// Not, when they are there by another device.
    pub(crate) answers: bool,
    /// What a new huddle is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// How a new call rings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<Ring>,
}

/// How a new call rings.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ring {
    /// It is between two.
    pub(crate) direct: bool,
    pub(crate) video: bool,
    /// Whom it rings: one, when it is between two.
    pub(crate) ring: Vec<UserId>,
    /// Until when.
    #[serde(rename = "until_ms", serialize_with = "moment")]
    pub(crate) until: Timestamp,
}

fn millis<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn moment<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.millis())
}
