//! What is told of calls: to the sessions of those whom it concerns, and nobody else.

use identity::UserCard;
use kernel::{ConversationId, Timestamp, UserId, VoiceSessionId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::CallOutcome;
use crate::view::VoiceState;

/// Why somebody is not rung any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CallSilence)]
pub enum Silence {
    /// They declined.
    Declined,
    /// They did not answer in time.
    Missed,
    /// They lost the right to be in the conversation.
    Forbidden,
}

/// How a call stands for who started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CallStatus)]
pub enum Status {
    /// It rings.
    Calling,
}

/// Somebody in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallMember)]
pub struct CallMember {
    /// Who.
    #[serde(flatten)]
    pub user: UserCard,
    /// How.
    pub voice_state: VoiceState,
}

kernel::payloads! {
    /// To who called: it rings.
    DmCallStarted = "dm-call-started" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Whom they called, in a conversation of two.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub recipient_id: Option<UserId>,
        /// Whether it was started with a picture.
        pub is_video: bool,
        /// `calling`.
        pub status: Status,
        /// Whom it rings.
        pub ringing: Vec<UserId>,
        /// Until when.
        pub rings_until: Option<Timestamp>,
    }
    /// To each whom it rings: somebody calls.
    IncomingDmCall = "incoming-dm-call" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Who calls.
        pub caller_id: UserId,
        /// The same.
        pub caller: UserCard,
        /// Whether with a picture.
        pub is_video: bool,
        /// Until when it rings.
        pub rings_until: Option<Timestamp>,
    }
    /// To everybody in the call, and whom it rings: somebody answered, or came later. Their other devices stop ringing.
    DmCallAnswered = "dm-call-answered" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Who came.
        pub answered_by: UserId,
        /// Everybody who is in it now, in the order of coming.
        pub participants: Vec<CallMember>,
    }
    /// To everybody in the call, whom it rings, and the one themselves: it does not ring somebody any more.
    DmCallDeclined = "dm-call-declined" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Whom it rings no more.
        pub recipient_id: UserId,
        /// Why.
        pub reason: Silence,
    }
    /// To everybody whom it concerned: the call is over.
    DmCallEnded = "dm-call-ended" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Who ended it, when somebody did: who hung up or declined.
        pub ended_by: Option<UserId>,
        /// How it ended.
        pub outcome: CallOutcome,
        /// How long people talked, seconds; null when nobody answered.
        #[schema(example = 312)]
        pub duration: Option<i64>,
    }
    /// To everybody in the call, and whom it rings: somebody left a call that goes on.
    DmCallLeft = "dm-call-left" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Who.
        pub user_id: UserId,
        /// Why.
        pub reason: super::Reason,
    }
    /// To everybody in the call: somebody is there otherwise.
    DmCallStateUpdated = "dm-call-state-updated" {
        /// The call.
        pub session_id: VoiceSessionId,
        /// The conversation.
        pub conversation_id: ConversationId,
        /// Who.
        pub user_id: UserId,
        /// How they are there now.
        pub voice_state: VoiceState,
    }
}
