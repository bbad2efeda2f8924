//! Calls.

use std::collections::HashMap;

use kernel::{TimelineId, Timestamp, UserId, VoiceSessionId};
use serde::Deserialize;

use super::{Session, flag, maybe_moment, moment};

backbone::stored_enum! {
    /// How a call ended.
    pub enum CallOutcome {
        /// Somebody answered, and it ended later.
        Answered = "answered",
        /// Nobody answered, and the last whom it rang declined it.
        Declined = "declined",
        /// Nobody answered in time.
        Missed = "missed",
        /// It ended before anybody answered: who called hung up, say.
        Cancelled = "cancelled",
        /// Whoever was called was in another call.
        Busy = "busy",
    }
}

backbone::stored_enum! {
    /// What became of a call for one person.
    pub enum CallPart {
        /// They were in it.
        Joined = "joined",
        /// They did not want it.
        Declined = "declined",
        /// They did not answer, for whatever reason.
        Missed = "missed",
        /// They lost the right to be in the conversation while it went on.
        Removed = "removed",
    }
}

/// A call that is over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct EndedCall {
    #[serde(rename = "session")]
    pub(crate) id: VoiceSessionId,
    /// The conversation.
    pub(crate) place: TimelineId,
    #[serde(deserialize_with = "moment")]
    pub(crate) started: Timestamp,
    /// Who called.
    pub(crate) by: UserId,
    #[serde(deserialize_with = "flag")]
    pub(crate) video: bool,
    #[serde(default, deserialize_with = "maybe_moment")]
    pub(crate) answered: Option<Timestamp>,
    #[serde(deserialize_with = "moment")]
    pub(crate) ended: Timestamp,
    /// Who wanted that, if somebody did.
    #[serde(default)]
    pub(crate) ended_by: Option<UserId>,
    pub(crate) outcome: CallOutcome,
    /// Everybody whom it concerned.
    pub(crate) people: HashMap<UserId, CallPart>,
}

/// Somebody whom a call does not ring any more, and who did not answer it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Silenced {
    pub(crate) user: UserId,
    /// The call as it was.
    pub(crate) session: Session,
    /// The call, if it is over by that.
    #[serde(default)]
    pub(crate) over: Option<EndedCall>,
}

/// How long people talked, in whole seconds.
pub(crate) fn seconds(answered: Option<Timestamp>, ended: Timestamp) -> Option<i64> {
    answered.map(|answered| (ended.millis() - answered.millis()).max(0) / 1_000)
}

impl EndedCall {
    /// Those who learn of its end.
    pub(crate) fn hearers(&self) -> impl Iterator<Item = UserId> {
        self.people.iter().filter(|(_, part)| **part != CallPart::Removed).map(|(user, _)| *user)
    }

    /// How long people talked, seconds.
    pub(crate) fn duration(&self) -> Option<i64> {
        seconds(self.answered, self.ended)
    }
}
