//! Changes of a server.

use kernel::{AttachmentId, Invalid, Patch, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{DESCRIPTION_MAX, name, note};

/// Changes of a server: what is not said stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGuildBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "Analytical engines", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// What it is about, up to 1000 characters; `null` for nothing.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Cogs, cards and computation", max_length = 1000)]
    pub description: Patch<String>,
    /// The id of a picture that was uploaded and belongs to no message; `null` takes the picture away. Or bring one by
    /// `POST /api/servers/{serverId}/icon`.
    #[serde(default)]
    #[schema(value_type = Option<AttachmentId>, example = json!(null))]
    pub icon: Patch<AttachmentId>,
    /// Whether everybody can find it and join it without a code.
    pub is_public: Option<bool>,
    /// Whether joins and leaves are told in the first text channel.
    pub system_messages: Option<bool>,
}

/// Who is to own the server.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferBody {
    /// One of its members.
    pub user_id: UserId,
}

/// Changes that may be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct GuildUpdate {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<Option<String>>,
    /// Its URL.
    pub(crate) icon: Patch<String>,
    pub(crate) is_public: Option<bool>,
    pub(crate) system_messages: Option<bool>,
}

impl GuildUpdate {
    /// The changes in `body`; `icon` is the URL of what was made of the picture that it names.
    pub(crate) fn parse(body: UpdateGuildBody, icon: Option<String>) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = body.name.map(|text| name(&text, &mut invalid));
        let description = body.description.into_change();
        let description = description.map(|text| note("description", text, DESCRIPTION_MAX, &mut invalid));
        let icon = match (icon, body.icon) {
            (Some(url), _) => Patch::Set(url),
            (None, Patch::Clear) => Patch::Clear,
            (None, _) => Patch::Keep,
        };
        invalid.into_result()?;
        let (is_public, system_messages) = (body.is_public, body.system_messages);
        Ok(Self { name, description, icon, is_public, system_messages })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<GuildUpdate, String> {
        GuildUpdate::parse(serde_json::from_str(json).unwrap(), None).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn what_is_absent_stays_and_null_clears() {
        let nothing = parse("{}").unwrap();
        assert!(nothing.name.is_none() && nothing.description.is_none() && nothing.is_public.is_none());
        assert_eq!(parse(r#"{"description": null, "icon": null}"#).unwrap().description, Some(None));
        assert_eq!(parse(r#"{"description": " \n"}"#).unwrap().description, Some(None));
        assert_eq!(parse(r#"{"name": " a  b "}"#).unwrap().name.as_deref(), Some("a b"));
    }

    #[test]
    fn every_broken_rule_is_named() {
        let told = parse(r#"{"name": ""}"#).unwrap_err();
        assert!(told.contains("name must have 1 to 100"), "{told}");
    }
}
