//! The rows of the history.

use std::collections::HashMap;

use diesel::prelude::{Insertable, Queryable, Selectable};
use kernel::{ConversationId, Timestamp, UserId, VoiceSessionId};

use crate::model::{CallOutcome, CallPart, EndedCall};
use crate::schema::{call_people, calls};

/// A call that is over.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calls, check_for_backend(diesel::pg::Pg))]
pub(crate) struct PastCall {
    pub(crate) id: VoiceSessionId,
    pub(crate) conversation_id: ConversationId,
    pub(crate) caller_id: UserId,
    pub(crate) is_video: bool,
    pub(crate) outcome: CallOutcome,
    pub(crate) started_at: Timestamp,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) ended_at: Timestamp,
}

/// What became of it for one person.
#[derive(Clone, Copy, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_people, check_for_backend(diesel::pg::Pg))]
pub(crate) struct CallPerson {
    pub(crate) user_id: UserId,
    pub(crate) call_id: VoiceSessionId,
    pub(crate) part: CallPart,
}

/// A call, and everybody whom it concerned.
pub(crate) type WithPeople = (PastCall, HashMap<UserId, CallPart>);

impl From<&EndedCall> for PastCall {
    fn from(call: &EndedCall) -> Self {
        Self {
            id: call.id,
            conversation_id: call.place.into(),
            caller_id: call.by,
            is_video: call.video,
            outcome: call.outcome,
            started_at: call.started,
            answered_at: call.answered,
            ended_at: call.ended,
        }
    }
}
