//! The history of calls: one row a call, written when it is over, and one for everybody whom it concerned.

mod row;
pub(crate) mod store;
mod view;
mod words;

use backbone::jobs::Job;
use kernel::{ConversationId, UserId, VoiceSessionId};
use serde::{Deserialize, Serialize};

pub(crate) use row::PastCall;
pub(crate) use store::insert;
pub use view::{CallPersonView, CallView};
pub(crate) use words::words;

/// Tell in a conversation that a call in it is over.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TellCall {
    /// Which.
    pub id: VoiceSessionId,
}

impl Job for TellCall {
    const KIND: &'static str = "voice.tell-call";
}

/// What a conversation tells of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallMessage {
    /// Where.
    pub conversation: ConversationId,
    /// Who called.
    pub caller: UserId,
    /// What they did.
    pub words: String,
    /// The same call makes one message.
    pub nonce: String,
}
