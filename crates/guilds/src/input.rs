//! Parsed inputs: after `parse` they are valid.

mod invite;
mod member;
mod places;
mod ranks;
mod server;

use kernel::text::{control_character, display_name};
use kernel::{ChannelId, Invalid};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::ChannelKind;

pub use invite::CreateInviteBody;
pub(crate) use invite::InviteDraft;
pub use member::UpdateMemberBody;
pub(crate) use member::{MemberChange, NamePrefix};
pub(crate) use places::ChannelPatch;
pub use places::{ChangeChannelBody, OrderBody};
pub use ranks::{COLOR, ChangeRoleBody, CreateRoleBody, OverwriteBody};
pub(crate) use ranks::{RoleDraft, RolePatch};
pub(crate) use server::GuildUpdate;
pub use server::{TransferBody, UpdateGuildBody};

/// Characters that the name of a guild or channel may have.
pub const NAME_MAX: usize = 100;
/// Characters that a guild's description may have.
pub const DESCRIPTION_MAX: usize = 1_000;
/// Characters that a channel's topic may have.
pub const TOPIC_MAX: usize = 1_024;
/// Characters that a member's nickname may have.
pub const NICKNAME_MAX: usize = 64;
/// The highest limit that a voice channel may have of its own.
const USERS_MAX: i32 = 99;
/// Why another channel has none.
pub(crate) const VOICE_ONLY: &str = "must not be given: only a voice channel has one";
/// Characters that an invite code may have.
const CODE_MAX: usize = 32;

/// A server to be made.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateGuildBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "Analytical engines", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is about, up to 1000 characters.
    #[schema(example = "Cogs, cards and computation", max_length = 1000)]
    pub description: Option<String>,
}

/// A channel to be made.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateChannelBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "difference-engine", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is for: `text` unless said otherwise.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: Option<ChannelKind>,
    /// What it is about, up to 1024 characters.
    #[schema(example = "Design no. 2", max_length = 1024)]
    pub topic: Option<String>,
    /// The category that it stands in. It starts with what the category allows and denies.
    pub parent_id: Option<ChannelId>,
    /// Of a voice channel: how many may be in it at the same time, 1 to 99.
    #[schema(minimum = 1, maximum = 99, example = 5)]
    pub user_limit: Option<i32>,
}

/// A guild that may be made.
#[derive(Clone, Debug)]
pub(crate) struct GuildDraft {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}

/// A channel that may be made.
#[derive(Clone, Debug)]
pub(crate) struct ChannelDraft {
    pub(crate) name: String,
    pub(crate) kind: ChannelKind,
    pub(crate) topic: Option<String>,
    pub(crate) parent: Option<ChannelId>,
    pub(crate) user_limit: Option<i32>,
}

impl GuildDraft {
    pub(crate) fn parse(body: CreateGuildBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = name(&body.name, &mut invalid);
        let description = note("description", body.description, DESCRIPTION_MAX, &mut invalid);
        invalid.into_result()?;
        Ok(Self { name, description })
    }
}

impl ChannelDraft {
    pub(crate) fn parse(body: CreateChannelBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = name(&body.name, &mut invalid);
        let topic = note("topic", body.topic, TOPIC_MAX, &mut invalid);
        let kind = body.kind.unwrap_or_default();
        if kind == ChannelKind::Category && body.parent_id.is_some() {
            invalid.add("parentId", "must not be given: a category stands in no other");
        }
        if kind != ChannelKind::Voice && body.user_limit.is_some() {
            invalid.add("userLimit", VOICE_ONLY);
        }
        user_limit(body.user_limit, &mut invalid);
        invalid.into_result()?;
        Ok(Self { name, kind, topic, parent: body.parent_id, user_limit: body.user_limit })
    }
}

/// The code that somebody typed; `None` when no code looks like that.
pub(crate) fn invite_code(text: &str) -> Option<String> {
    let code = text.trim();
    let plausible = code.len() <= CODE_MAX && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plausible && !code.is_empty()).then(|| code.to_ascii_lowercase())
}

fn name(text: &str, invalid: &mut Invalid) -> String {
    display_name(text, NAME_MAX).unwrap_or_else(|must| {
        invalid.add("name", must);
        String::new()
    })
}

/// Looks at how many may be in a voice channel.
fn user_limit(limit: Option<i32>, invalid: &mut Invalid) {
    if limit.is_some_and(|limit| !(1..=USERS_MAX).contains(&limit)) {
        invalid.add("userLimit", format!("must be 1 to {USERS_MAX}"));
    }
}

/// A text of several lines that may be absent; one without a visible character is.
fn note(field: &str, text: Option<String>, max: usize, invalid: &mut Invalid) -> Option<String> {
    let text = text.map(|text| text.trim().to_string()).filter(|text| !text.is_empty())?;
    let length = text.chars().count();
    if length > max {
        invalid.add(field, format!("must be at most {max} characters, and has {length}"));
    }
    if let Some(c) = control_character(&text) {
        invalid.add(field, format!("must not contain the control character U+{:04X}", u32::from(c)));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guild(json: &str) -> Result<GuildDraft, String> {
        GuildDraft::parse(serde_json::from_str(json).unwrap()).map_err(|invalid| invalid.to_string())
    }

    fn channel(json: &str) -> Result<ChannelDraft, String> {
        ChannelDraft::parse(serde_json::from_str(json).unwrap()).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let description = "x".repeat(1_001);
        let told = guild(&format!(r#"{{"name": " ", "description": "{description}"}}"#)).unwrap_err();
        assert!(
            told.contains("name must have 1 to 100") && told.contains("description must be at most 1000")
        );
        let told = channel(r#"{"name": "a\u202eb", "topic": "a\u0000"}"#).unwrap_err();
        assert!(
            told.contains("name must not contain U+202E") && told.contains("topic must not contain"),
            "{told}"
        );
    }

    #[test]
    fn limits_count_characters_and_blank_notes_are_none() {
        let text = "ü".repeat(1_000);
        let draft = guild(&format!(r#"{{"name": "{}", "description": "{text}"}}"#, "é".repeat(100))).unwrap();
        assert_eq!(draft.description, Some(text));
        assert_eq!(guild(r#"{"name": " a  b ", "description": " \n "}"#).unwrap().description, None);
    }

    #[test]
    fn a_channel_is_for_text_unless_said_otherwise() {
        assert_eq!(channel(r#"{"name": "a"}"#).unwrap().kind, ChannelKind::Text);
        assert_eq!(channel(r#"{"name": "a", "type": "voice"}"#).unwrap().kind, ChannelKind::Voice);
        assert!(channel(r#"{"name": "a", "userLimit": 5}"#).unwrap_err().contains("userLimit"));
        assert!(channel(r#"{"name": "a", "type": "voice", "userLimit": 100}"#).is_err());
        assert!(serde_json::from_str::<CreateChannelBody>(r#"{"name": "a", "type": "stage"}"#).is_err());
    }

    #[test]
    fn codes_are_forgiving_in_case_and_nothing_else() {
        assert_eq!(invite_code(" AbC23 ").as_deref(), Some("abc23"));
        for not in ["", "a b", "a\0b", "ä", &"a".repeat(33)] {
            assert_eq!(invite_code(not), None, "{not:?}");
        }
    }
}
