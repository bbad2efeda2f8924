//! What is told of calls that are over.

use std::collections::HashMap;

use identity::UserCard;
use kernel::{ConversationId, Timestamp, UserId, VoiceSessionId};
use serde::Serialize;
use utoipa::ToSchema;

use super::row::WithPeople;
use crate::model::{CallOutcome, CallPart, seconds};

/// A call that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Call)]
pub struct CallView {
    /// The id that its session had.
    pub id: VoiceSessionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who called.
    pub caller: UserCard,
    /// Whether with a picture.
    pub is_video: bool,
    /// How it ended.
    pub outcome: CallOutcome,
    /// When it began to ring.
    pub started_at: Timestamp,
    /// When somebody answered it first.
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Timestamp,
    /// How long people talked, seconds; null when nobody answered.
    #[schema(example = 312)]
    pub duration: Option<i64>,
    /// Everybody whom it concerned, by id, as far as their accounts are there.
    pub participants: Vec<CallPersonView>,
}

/// What became of a call for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallPerson)]
pub struct CallPersonView {
    /// Who.
    #[serde(flatten)]
    pub user: UserCard,
    /// What became of it for them.
    pub part: CallPart,
}

impl CallView {
    /// `None`, when nothing is known of who called.
    pub(crate) fn of((call, people): WithPeople, cards: &HashMap<UserId, UserCard>) -> Option<Self> {
        let person = |(user, part)| Some(CallPersonView { user: cards.get(&user).cloned()?, part });
        let mut participants = people.into_iter().filter_map(person).collect::<Vec<_>>();
        participants.sort_by_key(|each| each.user.id);
        Some(Self {
            id: call.id,
            conversation_id: call.conversation_id,
            caller: cards.get(&call.caller_id).cloned()?,
            is_video: call.is_video,
            outcome: call.outcome,
            started_at: call.started_at,
            answered_at: call.answered_at,
            ended_at: call.ended_at,
            duration: seconds(call.answered_at, call.ended_at),
            participants,
        })
    }
}
