//! What clients send, in the words of the calls; the words of the commands are understood as well.

use kernel::{ChannelId, ConversationId, Invalid, TimelineId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use crate::model::{Flags, FlagsChange, QuietChange};

/// Bytes of one signal, as JSON.
pub const SIGNAL_MAX: usize = 48 * 1024;
/// Characters of a huddle's title.
const TITLE_MAX: usize = 100;

/// What one may come into by its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VoiceKind)]
pub enum Kind {
    /// A voice channel.
    #[default]
    Channel,
    /// A call.
    Dm,
}

/// Where to be, and how.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JoinVoiceBody)]
pub struct JoinBody {
    /// What it is: `channel` unless said.
    #[serde(default)]
    pub r#type: Kind,
    /// The voice channel.
    pub channel_id: Option<ChannelId>,
    /// With `dm`: whom to call, as `POST /api/voice/dm-call` does.
    #[serde(alias = "recipientId")]
    pub participant_id: Option<UserId>,
    /// Whether one sends no sound.
    #[serde(default, alias = "muted")]
    pub is_muted: bool,
    /// Whether one hears nothing.
    #[serde(default, alias = "deafened")]
    pub is_deafened: bool,
    /// Whether one sends a picture.
    #[serde(default, alias = "isVideo", alias = "video")]
    pub is_video_enabled: bool,
}

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

/// Where to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// In a voice channel.
    Channel(ChannelId),
    /// In a call with somebody.
    Call(Callee),
}

/// What is to be different of oneself.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoiceStateBody)]
pub struct StateBody {
    /// Whether one sends no sound.
    #[serde(alias = "muted")]
    pub is_muted: Option<bool>,
    /// Whether one hears nothing.
    #[serde(alias = "deafened")]
    pub is_deafened: Option<bool>,
    /// Whether one sends a picture.
    #[serde(alias = "video", alias = "isVideo")]
    pub is_video_enabled: Option<bool>,
    /// Whether one shares one's screen.
    #[serde(alias = "screen")]
    pub is_screen_sharing: Option<bool>,
}

/// What is to be different of somebody else: any of these.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoiceMemberBody)]
pub struct MemberBody {
    /// Whether they are not to be heard.
    #[serde(alias = "muted", alias = "isMuted")]
    pub is_server_muted: Option<bool>,
    /// Whether they are to hear nothing.
    #[serde(alias = "deafened", alias = "isDeafened")]
    pub is_server_deafened: Option<bool>,
    /// The voice channel of the same server to move them to.
    pub channel_id: Option<ChannelId>,
}

/// What a signal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignalKind {
    /// A description of what one wants to send and receive.
    Offer,
    /// The answer to an offer.
    Answer,
    /// An answer that may be followed by another one.
    Pranswer,
    /// A way to be reached.
    #[serde(alias = "ice-candidate")]
    Candidate,
    /// One takes an offer back.
    Rollback,
    /// One asks the other for a new offer.
    Renegotiate,
}

/// A signal from peer to peer. It is handed on as it is: nothing in it is looked at but its type.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct SignalData {
    /// What it is.
    pub r#type: SignalKind,
    /// The description, of an offer or an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n")]
    pub sdp: Option<String>,
    /// The way, of a candidate: what `RTCIceCandidate.toJSON()` gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub candidate: Option<Map<String, Value>>,
}

/// A signal, and for whom.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignalBody)]
pub struct SignalBody {
    /// For whom: somebody in the same session.
    pub target_user_id: UserId,
    /// The signal, at most 48 KiB.
    #[serde(alias = "signal")]
    pub signal_data: SignalData,
}

impl JoinBody {
    /// As what one comes.
    pub fn flags(&self) -> Flags {
        let (muted, deafened, video) = (self.is_muted, self.is_deafened, self.is_video_enabled);
        Flags { muted, deafened, video, screen: false }
    }

    /// Where to be.
    ///
    /// # Errors
    /// It is not said.
    pub fn parse(self) -> Result<Destination, Invalid> {
        match (self.r#type, self.channel_id, self.participant_id) {
            (Kind::Channel, Some(channel), _) => Ok(Destination::Channel(channel)),
            (Kind::Channel, None, _) => Err(Invalid::field("channelId", "must be given")),
            (Kind::Dm, _, Some(person)) => Ok(Destination::Call(Callee::Person(person))),
            (Kind::Dm, _, None) => Err(Invalid::field("participantId", "must be given")),
        }
    }
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

impl StateBody {
    /// The change.
    ///
    /// # Errors
    /// Nothing is to be different.
    pub fn parse(self) -> Result<FlagsChange, Invalid> {
        let Self {
            is_muted: muted,
            is_deafened: deafened,
            is_video_enabled: video,
            is_screen_sharing: screen,
        } = self;
        if [muted, deafened, video, screen].iter().all(Option::is_none) {
            return Err(Invalid::field("isMuted", "must be given, or another part of the state"));
        }
        Ok(FlagsChange { muted, deafened, video, screen })
    }
}

impl MemberBody {
    /// What is decided about them, and where they are to be.
    ///
    /// # Errors
    /// Nothing is to be different.
    pub fn parse(self) -> Result<(QuietChange, Option<ChannelId>), Invalid> {
        let Self { is_server_muted: muted, is_server_deafened: deafened, channel_id } = self;
        if muted.is_none() && deafened.is_none() && channel_id.is_none() {
            return Err(Invalid::field("isServerMuted", "must be given, or isServerDeafened or channelId"));
        }
        Ok((QuietChange { muted, deafened }, channel_id))
    }
}

impl SignalData {
    /// The signal, if it has what its type needs and is not too large.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let described = matches!(self.r#type, SignalKind::Offer | SignalKind::Answer | SignalKind::Pranswer);
        if described && self.sdp.is_none() {
            return Err(Invalid::field("signalData.sdp", "must be given"));
        }
        // Measured as it is sent on: escapes count.
        let size = serde_json::to_vec(self).map_or(usize::MAX, |bytes| bytes.len());
        if size > SIGNAL_MAX {
            return Err(Invalid::field("signalData", format!("must be at most {SIGNAL_MAX} bytes")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_vocabularies_of_flags_are_understood() {
        let parse = |text: &str| serde_json::from_str::<StateBody>(text).unwrap().parse();
        let long = parse(
            r#"{"isMuted": true, "isDeafened": false, "isVideoEnabled": true, "isScreenSharing": true}"#,
        );
        let short = parse(r#"{"muted": true, "deafened": false, "video": true, "screen": true}"#);
        assert_eq!(long.unwrap(), short.unwrap());
        assert!(parse("{}").is_err());
    }

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

    #[test]
    fn a_signal_has_what_its_type_needs_and_is_not_too_large() {
        let check = |text: &str| serde_json::from_str::<SignalData>(text).unwrap().check();
        assert!(check(r#"{"type": "offer"}"#).is_err());
        assert!(check(r#"{"type": "offer", "sdp": "v=0"}"#).is_ok());
        assert!(
            check(r#"{"type": "ice-candidate", "candidate": {"candidate": "x", "sdpMid": "0"}}"#).is_ok()
        );
        assert!(check(r#"{"type": "candidate"}"#).is_ok(), "the end of candidates");
        let large = format!(r#"{{"type": "answer", "sdp": "{}"}}"#, "x".repeat(SIGNAL_MAX));
        assert!(check(&large).is_err());
        assert!(serde_json::from_str::<SignalData>(r#"{"type": "spam"}"#).is_err());
    }
}
