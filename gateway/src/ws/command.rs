//! What clients send, parsed.

use std::collections::BTreeMap;

use identity::Scope;
use identity::input::StatusBody;
use kernel::{ChannelId, FriendRequestId, GuildId, Invalid, MessageId, Rev, Seq, UserId};
use messaging::input::{EditBody, Emoji, ReactionBody, SendBody};
use moderation::input::{BanBody, KickBody, TimeoutBody, WarnBody};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::conversations;
use super::friends::{FriendCommand, FriendData, RequestData};
use super::mark::Mark;
use super::presence::WatchData;
use super::table::CommandRow;
use super::voice::{self, VoiceCommand};
use crate::actions::conversations::To;
use crate::http::{ApiError, named};

/// Channels in one command.
pub(crate) const CHANNELS_MAX: usize = 200;
/// Characters that a `ref` may have.
pub(crate) const REF_MAX: usize = 64;

/// A frame: a command and what the client calls it.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) reference: Option<String>,
    /// What the table calls it; `unknown` what the table does not have.
    pub(crate) name: &'static str,
    pub(crate) command: Result<Command, ApiError>,
}

/// A command.
#[derive(Debug)]
pub(crate) enum Command {
    Authenticate { token: String },
    Ping,
    Join { channels: Vec<ChannelId>, since: Option<Rev> },
    Leave { channel: ChannelId },
    Resume { timelines: BTreeMap<ChannelId, Rev> },
    Send { channel: ChannelId, body: SendBody },
    SendDm { to: To, body: SendBody },
    Edit { message: MessageId, body: EditBody },
    Delete { message: MessageId },
    Mark { message: MessageId, mark: Mark },
    MarkRead { channel: ChannelId, seq: Option<Seq> },
    UpdateStatus { body: StatusBody },
    TypingStart { channel: ChannelId },
    TypingStop { channel: ChannelId },
    Kick { target: Target, body: KickBody },
    Ban { target: Target, body: BanBody },
    TimeOut { target: Target, body: TimeoutBody },
    Warn { target: Target, body: WarnBody },
    Friend(FriendCommand),
    WatchMembers(WatchData),
    Voice(VoiceCommand),
}

/// Who the session speaks for.
#[derive(Deserialize, ToSchema)]
pub(super) struct AuthenticateData {
    /// An access token, or an API key.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.x")]
    token: String,
}

/// A member of a server, or somebody who is to be kept out.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TargetData)]
pub(crate) struct Target {
    /// The server.
    pub(crate) server_id: GuildId,
    /// Whom.
    pub(crate) target_user_id: UserId,
}

/// Where.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChannelData {
    /// The channel.
    channel_id: ChannelId,
}

/// Which channels to listen to: either `channelId` or `channelIds`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7", "since": 117 }))]
pub(super) struct JoinData {
    /// One channel.
    channel_id: Option<ChannelId>,
    /// Several channels, up to 200.
    #[schema(max_items = 200)]
    channel_ids: Option<Vec<ChannelId>>,
    /// The `rev` up to which everything is known: what changed since is sent first.
    #[schema(value_type = Option<i64>, minimum = 0)]
    since: Option<Rev>,
}

/// Where the client stands.
#[derive(Deserialize, ToSchema)]
pub(super) struct ResumeData {
    /// Up to 200 channels, each with the `rev` up to which everything is known.
    #[schema(value_type = BTreeMap<ChannelId, i64>, example = json!({ "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7": 117 }))]
    timelines: BTreeMap<ChannelId, Rev>,
}

/// How far.
#[derive(Deserialize, ToSchema)]
pub(super) struct MarkReadData {
    /// The last message that was read; the newest unless said.
    #[schema(value_type = Option<i64>, minimum = 0, example = 117)]
    seq: Option<Seq>,
}

impl MarkReadData {
    /// The number, if it can be one.
    pub(super) fn seq(&self) -> Result<Option<Seq>, Invalid> {
        match self.seq {
            Some(seq) if seq < 0 => Err(Invalid::field("seq", "must not be negative")),
            seq => Ok(seq),
        }
    }
}

/// Which message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageIdData)]
pub(super) struct MessageData {
    /// The message.
    message_id: MessageId,
}

impl Frame {
    /// The frame in `text`; `None` when it is no JSON object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let Ok(Value::Object(mut frame)) = serde_json::from_str(text) else { return None };
        let reference = match frame.remove("ref") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= REF_MAX => Ok(Some(text)),
            Some(_) => Err(Invalid::field("ref", "must be a string of at most 64 characters")),
        };
        let event = match frame.remove("event") {
            Some(Value::String(event)) => Ok(event),
            _ => Err(Invalid::field("event", "must be given, and be a string")),
        };
        let data = frame.remove("data").unwrap_or(Value::Null);
        let row = event.as_ref().ok().and_then(|event| CommandRow::find(event));
        let name = row.map_or("unknown", |row| row.name);
        let command = match (&reference, event) {
            (Err(invalid), _) => Err(invalid.clone().into()),
            (_, Err(invalid)) => Err(invalid.into()),
            (Ok(_), Ok(event)) => Command::parse(name, &event, &data),
        };
        Some(Self { reference: reference.unwrap_or(None), name, command })
    }
}

impl Command {
    /// What an API key must be allowed to do for it.
    pub(super) fn due(&self) -> Scope {
        match self {
            Self::Authenticate { .. }
            | Self::Ping
            | Self::Join { .. }
            | Self::Leave { .. }
            | Self::WatchMembers(_)
            | Self::Resume { .. } => Scope::Read,
            Self::Send { .. }
            | Self::SendDm { .. }
            | Self::Edit { .. }
            | Self::Delete { .. }
            | Self::Mark { .. }
            | Self::MarkRead { .. }
            | Self::TypingStart { .. }
            | Self::TypingStop { .. }
            | Self::UpdateStatus { .. }
            | Self::Kick { .. }
            | Self::Ban { .. }
            | Self::TimeOut { .. }
            | Self::Warn { .. }
            | Self::Voice(_)
            | Self::Friend(_) => Scope::Write,
        }
    }

    /// The command that the table calls `name`, which the client called `event`.
    fn parse(name: &str, event: &str, data: &Value) -> Result<Self, ApiError> {
        Ok(match name {
            "authenticate" => Self::Authenticate { token: parse::<AuthenticateData>(data)?.token },
            "ping" => Self::Ping,
            "join-channel" => join(data)?,
            "leave-channel" => Self::Leave { channel: channel(data)? },
            "resume" => {
                let timelines = parse::<ResumeData>(data)?.timelines;
                if timelines.len() > CHANNELS_MAX {
                    return Err(too_many("timelines"));
                }
                if timelines.values().any(|since| *since < 0) {
                    return Err(Invalid::field("timelines", "must have revs that are not negative").into());
                }
                Self::Resume { timelines }
            }
            "send-message" => {
                Self::Send { channel: parse::<ChannelData>(data)?.channel_id, body: parse(data)? }
            }
            "edit-message" | "edit-dm" => {
                Self::Edit { message: parse::<MessageData>(data)?.message_id, body: parse(data)? }
            }
            "delete-message" | "delete-dm" => {
                Self::Delete { message: parse::<MessageData>(data)?.message_id }
            }
            name @ ("add-reaction" | "remove-reaction" | "toggle-reaction" | "pin-message"
            | "unpin-message") => {
                let message = parse::<MessageData>(data)?.message_id;
                let emoji = || Ok::<_, ApiError>(Emoji::parse(&parse::<ReactionBody>(data)?)?);
                let mark = match name {
                    "add-reaction" => Mark::React(emoji()?),
                    "remove-reaction" => Mark::Unreact(emoji()?),
                    "toggle-reaction" => Mark::Toggle(emoji()?),
                    "pin-message" => Mark::Pin,
                    _ => Mark::Unpin,
                };
                Self::Mark { message, mark }
            }
            "mark-read" => {
                let seq = parse::<MarkReadData>(data)?.seq()?;
                Self::MarkRead { channel: parse::<ChannelData>(data)?.channel_id, seq }
            }
            "update-status" => Self::UpdateStatus { body: parse(data)? },
            "typing-start" => Self::TypingStart { channel: channel(data)? },
            "typing-stop" => Self::TypingStop { channel: channel(data)? },
            "kick-member" => Self::Kick { target: parse(data)?, body: parse(data)? },
            "ban-member" => Self::Ban { target: parse(data)?, body: parse(data)? },
            "timeout-member" => Self::TimeOut { target: parse(data)?, body: parse(data)? },
            "warn-member" => Self::Warn { target: parse(data)?, body: parse(data)? },
            "watch-members" => Self::WatchMembers(WatchData::parse(parse(data)?)?),
            "send-friend-request" => Self::Friend(FriendCommand::Ask(parse(data)?)),
            "accept-friend-request" => Self::Friend(FriendCommand::Accept(request(data)?)),
            "decline-friend-request" => Self::Friend(FriendCommand::Decline(request(data)?)),
            "cancel-friend-request" => Self::Friend(FriendCommand::Cancel(request(data)?)),
            "remove-friend" => Self::Friend(FriendCommand::Remove(parse::<FriendData>(data)?.friend_id)),
            name => {
                match conversations::command(name, data).or_else(|| voice::command(name, data, channel)) {
                    Some(command) => command?,
                    None => {
                        let other = event.chars().take(64).collect::<String>();
                        let must = format!("must be a known command; {other:?} is none");
                        return Err(Invalid::field("event", must).into());
                    }
                }
            }
        })
    }
}

fn join(data: &Value) -> Result<Command, ApiError> {
    // Also a bare id.
    if data.is_string() {
        return Ok(Command::Join { channels: vec![channel(data)?], since: None });
    }
    let data: JoinData = parse(data)?;
    let channels = match (data.channel_id, data.channel_ids) {
        (Some(channel), None) => vec![channel],
        (None, Some(channels)) => channels,
        _ => return Err(Invalid::field("channelId", "must be given, or channelIds, and not both").into()),
    };
    if channels.len() > CHANNELS_MAX {
        return Err(too_many("channelIds"));
    }
    if data.since.is_some_and(|since| since < 0) {
        return Err(Invalid::field("since", "must not be negative").into());
    }
    Ok(Command::Join { channels, since: data.since })
}

/// A channel's id, bare or in `{"channelId"}`.
fn channel(data: &Value) -> Result<ChannelId, ApiError> {
    if let Value::String(text) = data {
        return text.parse().map_err(|_| Invalid::field("channelId", "must be an id: a UUID").into());
    }
    Ok(parse::<ChannelData>(data)?.channel_id)
}

fn request(data: &Value) -> Result<FriendRequestId, ApiError> {
    Ok(parse::<RequestData>(data)?.request_id)
}

fn too_many(field: &str) -> ApiError {
    Invalid::field(field, format!("must be at most {CHANNELS_MAX}: send the rest in another command")).into()
}

pub(super) fn parse<T: DeserializeOwned>(data: &Value) -> Result<T, ApiError> {
    if !data.is_object() {
        return Err(ApiError::from(Invalid::field("data", "must be given, and be an object")));
    }
    // From the value itself, not through serde's flatten: that would forget which field was wrong.
    serde_path_to_error::deserialize(data).map_err(|error| named(&error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn error(text: &str) -> String {
        Frame::parse(text).unwrap().command.unwrap_err().message
    }

    #[test]
    fn what_is_no_object_is_no_frame() {
        for text in ["", "7", "[]", "{", "null", "\"ping\""] {
            assert!(Frame::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn errors_name_the_field_and_keep_the_reference() {
        assert!(error("{}").starts_with("event must be given"));
        assert!(error(r#"{"event": 7}"#).starts_with("event must be given"));
        assert!(error(r#"{"event": "fly"}"#).contains("\"fly\" is none"));
        assert!(error(r#"{"event": "ping", "ref": 7}"#).starts_with("ref must be a string"));
        assert!(error(r#"{"event": "send-message"}"#).starts_with("data must be given"));
        assert!(error(r#"{"event": "send-message", "data": {"content": "x"}}"#).contains("channelId"));
        assert!(error(r#"{"event": "join-channel", "data": "7"}"#).starts_with("channelId must be an id"));
        assert!(
            error(&format!(r#"{{"event": "join-channel", "data": {{"channelId": "{ID}", "since": -1}}}}"#))
                .starts_with("since")
        );
        let frame = Frame::parse(r#"{"event": "fly", "ref": "c1"}"#).unwrap();
        assert_eq!(frame.reference.as_deref(), Some("c1"));
    }

    #[test]
    fn aliases_and_bare_ids_are_understood() {
        let parse = |text: &str| Frame::parse(text).unwrap().command.unwrap();
        assert!(
            matches!(parse(&format!(r#"{{"event": "join-channel", "data": "{ID}"}}"#)), Command::Join { channels, since: None } if channels.len() == 1)
        );
        assert!(matches!(
            parse(&format!(r#"{{"event": "typing", "data": {{"channelId": "{ID}"}}}}"#)),
            Command::TypingStart { .. }
        ));
        let edit = parse(&format!(
            r#"{{"event": "edit-message", "data": {{"messageId": "{ID}", "newContent": "x"}}}}"#
        ));
        assert!(matches!(edit, Command::Edit { body, .. } if body.content == "x"));
    }
}
