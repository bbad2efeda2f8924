//! What clients send, in the words of the calls; the words of the commands are understood as well.

use kernel::{ChannelId, Invalid, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use crate::model::{Flags, FlagsChange, QuietChange};

/// Bytes of one signal, as JSON.
pub const SIGNAL_MAX: usize = 48 * 1024;

/// What one may join by its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VoiceKind)]
pub enum Kind {
    /// A voice channel.
    #[default]
    Channel,
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
    pub channel_id: ChannelId,
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
        Flags {
            muted: self.is_muted,
            deafened: self.is_deafened,
            video: self.is_video_enabled,
            screen: false,
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
