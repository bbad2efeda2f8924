//! Who is where, as Redis keeps it.

mod call;

use kernel::{ScopeId, SessionId, TimelineId, Timestamp, UserId, Version, VoiceSessionId};
use serde::{Deserialize, Deserializer, Serialize};

pub use call::{CallOutcome, CallPart};
pub(crate) use call::{EndedCall, Silenced, seconds};

backbone::stored_enum! {
    /// What a session is.
    #[schema(as = VoiceSessionType)]
    pub enum SessionKind {
        /// People in a voice channel.
        Channel = "channel",
        /// People who talk beside a text channel or a conversation.
        Huddle = "huddle",
        /// A call in a conversation.
        Call = "call",
    }
}

/// What a participant says of themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Flags {
    /// They send no sound.
    pub muted: bool,
    /// They hear nothing.
    pub deafened: bool,
    /// They send a picture.
    pub video: bool,
    /// They share their screen.
    pub screen: bool,
}

/// What is to be different of it; `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlagsChange {
    /// They send no sound.
    pub muted: Option<bool>,
    /// They hear nothing.
    pub deafened: Option<bool>,
    /// They send a picture.
    pub video: Option<bool>,
    /// They share their screen.
    pub screen: Option<bool>,
}

/// What a moderator decides about somebody; `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuietChange {
    /// They are not to be heard.
    pub muted: Option<bool>,
    /// They are to hear nothing.
    pub deafened: Option<bool>,
}

/// Somebody in a session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Participant {
    /// Who.
    pub(crate) user: UserId,
    /// Where: a channel or a conversation.
    pub(crate) place: TimelineId,
    /// With whom.
    pub(crate) session: VoiceSessionId,
    /// What the session is.
    pub(crate) kind: SessionKind,
    /// What the place belongs to.
    pub(crate) scope: ScopeId,
    /// The version of the scope at which they were allowed to be there.
    #[serde(deserialize_with = "number")]
    pub(crate) version: Version,
    /// The login whose device they are there by.
    pub(crate) device: SessionId,
    /// Since when.
    #[serde(deserialize_with = "moment")]
    pub(crate) joined: Timestamp,
    /// Whether they have SPEAK.
    #[serde(deserialize_with = "flag")]
    pub(crate) speaks: bool,
    /// A moderator muted them.
    #[serde(deserialize_with = "flag")]
    pub(crate) hushed: bool,
    /// A moderator deafened them.
    #[serde(deserialize_with = "flag")]
    pub(crate) deaf: bool,
    #[serde(deserialize_with = "flag")]
    pub(crate) muted: bool,
    #[serde(deserialize_with = "flag")]
    pub(crate) deafened: bool,
    #[serde(deserialize_with = "flag")]
    pub(crate) video: bool,
    #[serde(deserialize_with = "flag")]
    pub(crate) screen: bool,
    /// Of who left: whether the session ended with it.
    #[serde(default)]
    pub(crate) ended: bool,
    /// Of who left a call that goes on: those who are in it, or whom it rings.
    #[serde(default)]
    pub(crate) others: Vec<UserId>,
    /// Of who left: the call that is over by it.
    #[serde(default)]
    pub(crate) over: Option<EndedCall>,
}

/// A session, and who is in it in the order of coming.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Session {
    #[serde(rename = "session")]
    pub(crate) id: VoiceSessionId,
    pub(crate) kind: SessionKind,
    pub(crate) place: TimelineId,
    pub(crate) scope: ScopeId,
    #[serde(deserialize_with = "moment")]
    pub(crate) started: Timestamp,
    pub(crate) by: UserId,
    pub(crate) participants: Vec<Participant>,
    /// What a huddle is called.
    #[serde(default)]
    pub(crate) title: Option<String>,
    /// Of a call: it is between two.
    #[serde(default, deserialize_with = "flag")]
    pub(crate) direct: bool,
    /// Of a call: it was started with a picture.
    #[serde(default, deserialize_with = "flag")]
    pub(crate) video: bool,
    /// Of a call: whom it rings, by id.
    #[serde(default)]
    pub(crate) ringing: Vec<UserId>,
    /// Of a call: when it stops ringing.
    #[serde(default, deserialize_with = "maybe_moment")]
    pub(crate) rings: Option<Timestamp>,
    /// Of a call: when somebody answered it first.
    #[serde(default, deserialize_with = "maybe_moment")]
    pub(crate) answered: Option<Timestamp>,
    /// Of a call: the version of the scope at which those whom it rings could be.
    #[serde(default, deserialize_with = "number")]
    pub(crate) version: Version,
}

impl Session {
    /// Everybody whom a call concerns.
    pub(crate) fn concerned(&self) -> impl Iterator<Item = UserId> {
        self.participants.iter().map(|each| each.user).chain(self.ringing.iter().copied())
    }
}

/// What became of somebody who wants to be somewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(crate) enum Arrival {
    /// They came.
    Joined {
        /// The session began with it.
        created: bool,
        /// Where they were before.
        left: Option<Box<Participant>>,
        #[serde(rename = "participant")]
        now: Box<Participant>,
    },
    /// They were there by the same device.
    Again {
        #[serde(rename = "participant")]
        now: Box<Participant>,
    },
    /// There is no room.
    Full,
    /// They are not where they were to be moved from, or the session is not there any more.
    Gone,
    /// There is a session of another kind.
    Other,
    /// They are there by another device, and wanted to answer.
    Answered,
    /// Whom they call is in another call.
    Busy {
        /// The call that did not begin.
        over: EndedCall,
    },
}

/// How somebody is there now.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Changed {
    pub(crate) changed: bool,
    #[serde(rename = "participant")]
    pub(crate) now: Participant,
}

/// What became of somebody whose right was read again.
#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Settled {
    /// They have lost it, and left.
    #[serde(rename = "left")]
    Left(Participant),
    /// They may speak, or may not any more.
    #[serde(rename = "participant")]
    Otherwise(Participant),
    /// They were rung, and have lost it.
    #[serde(rename = "silent")]
    Silenced(Silenced),
}

/// Redis keeps texts.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    String::deserialize(deserializer).map(|text| text == "1")
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn maybe_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    moment(deserializer).map(Some)
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Timestamp::from_millis(number(deserializer)?).ok_or_else(|| serde::de::Error::custom("no time"))
}
