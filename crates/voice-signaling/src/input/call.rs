//! Calls and huddles.

use kernel::{ConversationId, Invalid, TimelineId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::model::Flags;

/// Characters of a huddle's title.
const TITLE_MAX: usize = 100;

/// Whom to call: somebody, or everybody in a conversation; and how one is there.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallBody {
    /// Somebody. The conversation with them is opened if there is none.
    pub recipient_id: Option<UserId>,
    /// Everybody in a conversation.
    pub conversation_id: Option<ConversationId>,
    /// Whether one sends a picture: then it is a video call.
    #[serde(default, alias = "isVideoCall", alias = "isVideoEnabled", alias = "video")]
    pub is_video: bool,
    /// Whether one sends no sound.
    #[serde(default, alias = "isMuted")]
    pub muted: bool,
    /// Whether one hears nothing.
    #[serde(default, alias = "isDeafened")]
    pub deafened: bool,
}

/// How one comes into a call.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AnswerCallBody)]
pub struct AnswerBody {
    /// Whether one sends a picture.
    #[serde(default, alias = "isVideoEnabled", alias = "video")]
    pub is_video: bool,
    /// Whether one sends no sound.
    #[serde(default, alias = "isMuted")]
    pub muted: bool,
    /// Whether one hears nothing.
    #[serde(default, alias = "isDeafened")]
    pub deafened: bool,
}

/// Where to talk.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HuddleBody)]
pub struct HuddleBody {
    /// The text channel or conversation.
    pub channel_id: TimelineId,
    /// What a new huddle is called: 1 to 100 characters.
    pub title: Option<String>,
}

/// Whom to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// Somebody.
    Person(UserId),
    /// Everybody in a conversation.
    Conversation(ConversationId),
}

impl AnswerBody {
    /// As what one comes.
    pub fn flags(&self) -> Flags {
        let Self { is_video: video, muted, deafened } = *self;
        Flags { muted, deafened, video, screen: false }
    }
}

impl CallBody {
    /// As what one comes.
    pub fn flags(&self) -> Flags {
        let Self { is_video: video, muted, deafened, .. } = *self;
        Flags { muted, deafened, video, screen: false }
    }

    /// Whom to call.
    ///
    /// # Errors
    /// It is not said, or twice.
    pub fn parse(self) -> Result<Callee, Invalid> {
        match (self.recipient_id, self.conversation_id) {
            (Some(person), None) => Ok(Callee::Person(person)),
            (None, Some(conversation)) => Ok(Callee::Conversation(conversation)),
            _ => Err(Invalid::field("recipientId", "must be given, or conversationId, and not both")),
        }
    }
}

impl HuddleBody {
    /// Where, and what it is called.
    ///
    /// # Errors
    /// The title is empty, too long, or has control characters.
    pub fn parse(self) -> Result<(TimelineId, Option<String>), Invalid> {
        let title = self.title.map(|title| title.trim().to_owned());
        let good = |title: &String| {
            (1..=TITLE_MAX).contains(&title.chars().count()) && !title.chars().any(char::is_control)
        };
        if title.as_ref().is_some_and(|title| !good(title)) {
            let words = format!("must be 1 to {TITLE_MAX} characters without control characters");
            return Err(Invalid::field("title", words));
        }
        Ok((self.channel_id, title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_to_somebody_or_to_a_conversation() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let parse = |text: &str| serde_json::from_str::<CallBody>(text).unwrap().parse();
        assert!(matches!(parse(&format!(r#"{{"recipientId": "{id}"}}"#)), Ok(Callee::Person(_))));
        assert!(matches!(parse(&format!(r#"{{"conversationId": "{id}"}}"#)), Ok(Callee::Conversation(_))));
        assert!(parse(&format!(r#"{{"conversationId": "{id}", "recipientId": "{id}"}}"#)).is_err());
        assert!(parse("{}").is_err());
        let body = format!(r#"{{"recipientId": "{id}", "isVideoCall": true, "muted": true}}"#);
        let flags = serde_json::from_str::<CallBody>(&body).unwrap().flags();
        assert_eq!((flags.video, flags.muted, flags.deafened), (true, true, false));
    }

    #[test]
    fn a_huddle_has_a_title_or_none() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let parse = |title: &str| {
            let body = format!(r#"{{"channelId": "{id}", "title": {title}}}"#);
            serde_json::from_str::<HuddleBody>(&body).unwrap().parse().map(|(_, title)| title)
        };
        assert_eq!(parse("null"), Ok(None));
        assert_eq!(parse(r#"" Stand-up ""#), Ok(Some("Stand-up".into())));
        assert!(parse(r#""  ""#).is_err() && parse(r#""a\u0007b""#).is_err());
        assert!(parse(&format!("\"{}\"", "x".repeat(101))).is_err());
    }
}
