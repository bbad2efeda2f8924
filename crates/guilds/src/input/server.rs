//! Changes of a server.

use kernel::{Invalid, Patch, UserId};
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
    /// Only `null`, which takes the picture away; `POST /api/servers/{serverId}/icon` brings one.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub icon: Patch<String>,
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
    pub(crate) icon: Patch<String>,
    pub(crate) is_public: Option<bool>,
    pub(crate) system_messages: Option<bool>,
}

impl GuildUpdate {
    pub(crate) fn parse(body: UpdateGuildBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = body.name.map(|text| name(&text, &mut invalid));
        let description = body.description.into_change();
        let description = description.map(|text| note("description", text, DESCRIPTION_MAX, &mut invalid));
        if matches!(body.icon, Patch::Set(_)) {
            invalid.add("icon", "must be null: POST /api/servers/{serverId}/icon brings a picture");
        }
        invalid.into_result()?;
        let (is_public, system_messages) = (body.is_public, body.system_messages);
        Ok(Self { name, description, icon: body.icon, is_public, system_messages })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<GuildUpdate, String> {
        GuildUpdate::parse(serde_json::from_str(json).unwrap()).map_err(|invalid| invalid.to_string())
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
        let told = parse(r#"{"name": "", "icon": "https://example.org/i.png"}"#).unwrap_err();
        assert!(told.contains("name must have 1 to 100") && told.contains("icon must be null"), "{told}");
    }
}
