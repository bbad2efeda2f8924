//! What clients send, in the words of the calls; the words of the commands are understood as well.

mod call;
mod signal;

use kernel::{ChannelId, Invalid, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub use call::{AnswerBody, CallBody, Callee, HuddleBody};
pub use signal::{SIGNAL_MAX, SignalBody, SignalData, SignalKind};

use crate::model::{Flags, FlagsChange, QuietChange};

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
}
