//! Commands of conversations: what clients send, parsed.

use kernel::{ChannelId, ConversationId, Invalid, TimelineId, UserId};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::command::{Command, MarkReadData, parse};
use crate::actions::conversations::To;
use crate::http::ApiError;

/// Which conversation.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationData {
    /// The conversation.
    conversation_id: ConversationId,
}

/// To whom: either `recipientId` or `conversationId`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "recipientId": "01890a5d-ac96-774b-bcce-b302099a8057" }))]
pub(crate) struct RecipientData {
    /// Somebody: the conversation with them is opened, if there is none.
    recipient_id: Option<UserId>,
    /// A conversation.
    conversation_id: Option<ConversationId>,
}

impl RecipientData {
    /// To whom, if that is said once.
    pub(crate) fn to(&self) -> Result<To, Invalid> {
        match (self.recipient_id, self.conversation_id) {
            (Some(user), None) => Ok(To::Person(user)),
            (None, Some(conversation)) => Ok(To::Conversation(conversation)),
            _ => Err(Invalid::field("recipientId", "must be given, or conversationId, and not both")),
        }
    }
}

/// The command of this name, if it is one of conversations.
pub(super) fn command(name: &str, data: &Value) -> Option<Result<Command, ApiError>> {
    Some(match name {
        "send-dm" => send(data),
        "dm-typing" => timeline(data).map(|channel| Command::TypingStart { channel }),
        "dm-stop-typing" => timeline(data).map(|channel| Command::TypingStop { channel }),
        "mark-dm-read" => read(data),
        _ => return None,
    })
}

fn send(data: &Value) -> Result<Command, ApiError> {
    Ok(Command::SendDm { to: parse::<RecipientData>(data)?.to()?, body: parse(data)? })
}

fn read(data: &Value) -> Result<Command, ApiError> {
    Ok(Command::MarkRead { channel: timeline(data)?, seq: parse::<MarkReadData>(data)?.seq()? })
}

/// The conversation's timeline, named as a channel's is: both are heard, read and typed in alike.
fn timeline(data: &Value) -> Result<ChannelId, ApiError> {
    Ok(TimelineId::from(parse::<ConversationData>(data)?.conversation_id).into())
}
