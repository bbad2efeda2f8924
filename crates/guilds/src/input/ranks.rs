//! Roles and overwrites that somebody wants.

use kernel::{Invalid, Patch, Permissions};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// The color of a role that was given none.
pub const COLOR: &str = "#99aab5";
/// The name of the role that every member has.
const EVERYONE: &str = "@everyone";

/// A role to be made.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateRoleBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "Engineers", min_length = 1, max_length = 100)]
    pub name: String,
    /// Red, green and blue; `#99aab5` unless said.
    #[schema(example = "#1f8b4c", pattern = "^#[0-9a-fA-F]{6}$")]
    pub color: Option<String>,
    /// What its holders may do beyond what others may; nothing unless said.
    pub permissions: Option<Permissions>,
    /// Whether everybody may mention it; no, unless said.
    pub mentionable: Option<bool>,
    /// Whether its holders are listed apart; no, unless said.
    pub hoisted: Option<bool>,
    /// Its authority: 1, right above `@everyone`, unless said. The roles from there on move up.
    #[schema(example = 1, minimum = 1)]
    pub position: Option<i32>,
}

/// A change of a role: what is not said stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRoleBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "Engineers", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Red, green and blue; `null` for `#99aab5`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "#1f8b4c", pattern = "^#[0-9a-fA-F]{6}$")]
    pub color: Patch<String>,
    /// What its holders may do beyond what others may.
    pub permissions: Option<Permissions>,
    /// Whether everybody may mention it.
    pub mentionable: Option<bool>,
    /// Whether its holders are listed apart.
    pub hoisted: Option<bool>,
    /// Its authority; beyond the highest, the highest. The roles in between move by one.
    #[schema(example = 2, minimum = 1)]
    pub position: Option<i32>,
}

/// What a channel allows and denies to somebody: what is not said stays.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverwriteBody {
    /// What they may do there, whatever their roles say.
    pub allow: Option<Permissions>,
    /// What they may not.
    pub deny: Option<Permissions>,
}

/// A role that may be made.
#[derive(Clone, Debug)]
pub(crate) struct RoleDraft {
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) permissions: Permissions,
    pub(crate) mentionable: bool,
    pub(crate) hoisted: bool,
    pub(crate) position: i32,
}

/// A change that may be made of a role.
#[derive(Clone, Debug)]
pub(crate) struct RolePatch {
    pub(crate) name: Option<String>,
    pub(crate) color: Option<String>,
    pub(crate) permissions: Option<Permissions>,
    pub(crate) mentionable: Option<bool>,
    pub(crate) hoisted: Option<bool>,
    pub(crate) position: Option<i32>,
}

impl RoleDraft {
    pub(crate) fn parse(body: CreateRoleBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = name(&body.name, &mut invalid);
        let color = body.color.map_or_else(|| COLOR.into(), |text| color(&text, &mut invalid));
        let position = position(body.position.unwrap_or(1), &mut invalid);
        invalid.into_result()?;
        Ok(Self {
            name,
            color,
            permissions: body.permissions.unwrap_or_default(),
            mentionable: body.mentionable.unwrap_or(false),
            hoisted: body.hoisted.unwrap_or(false),
            position,
        })
    }
}

impl RolePatch {
    pub(crate) fn parse(body: ChangeRoleBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = body.name.map(|text| name(&text, &mut invalid));
        let color = match body.color {
            Patch::Keep => None,
            Patch::Clear => Some(COLOR.into()),
            Patch::Set(text) => Some(color(&text, &mut invalid)),
        };
        let position = body.position.map(|wanted| position(wanted, &mut invalid));
        invalid.into_result()?;
        let ChangeRoleBody { permissions, mentionable, hoisted, .. } = body;
        Ok(Self { name, color, permissions, mentionable, hoisted, position })
    }

    /// Whether it can change what anybody may do.
    pub(crate) fn is_of_rank(&self) -> bool {
        self.permissions.is_some() || self.position.is_some()
    }
}

impl OverwriteBody {
    /// What there is to be, where there was this.
    pub(crate) fn over(
        self,
        allow: Permissions,
        deny: Permissions,
    ) -> Result<(Permissions, Permissions), Invalid> {
        let mut invalid = Invalid::default();
        for (field, bits) in [("allow", self.allow), ("deny", self.deny)] {
            let foreign = bits.unwrap_or_default() - Permissions::CHANNEL;
            if let Some((name, _)) = foreign.iter_names().next() {
                invalid
                    .add(field, format!("must name what means something in a channel, and {name} does not"));
            }
        }
        let (allow, deny) = (self.allow.unwrap_or(allow), self.deny.unwrap_or(deny));
        if let Some((name, _)) = (allow & deny).iter_names().next() {
            invalid.add("deny", format!("must not name what is allowed, and {name} is"));
        }
        invalid.into_result()?;
        Ok((allow, deny))
    }
}

fn name(text: &str, invalid: &mut Invalid) -> String {
    let name = super::name(text, invalid);
    if name.eq_ignore_ascii_case(EVERYONE) {
        invalid.add("name", "must be another than @everyone, which every member has");
    }
    name
}

fn color(text: &str, invalid: &mut Invalid) -> String {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    if !digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        invalid.add("color", "must be # and six hexadecimal digits, such as #99aab5");
    }
    text.to_ascii_lowercase()
}

fn position(wanted: i32, invalid: &mut Invalid) -> i32 {
    if wanted < 1 {
        invalid.add("position", "must be 1 or more: 0 is @everyone");
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(json: &str) -> Result<RoleDraft, String> {
        RoleDraft::parse(serde_json::from_str(json).unwrap()).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn a_role_is_modest_unless_said_otherwise() {
        let draft = role(r#"{"name": " Engineers "}"#).unwrap();
        assert_eq!((draft.name.as_str(), draft.color.as_str(), draft.position), ("Engineers", COLOR, 1));
        assert!(draft.permissions.is_empty() && !draft.mentionable && !draft.hoisted);
        assert_eq!(role(r##"{"name": "a", "color": "#ABCDEF"}"##).unwrap().color, "#abcdef");
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let told = role(r#"{"name": "@Everyone", "color": "red", "position": 0}"#).unwrap_err();
        for field in ["name must", "color must", "position must"] {
            assert!(told.contains(field), "{told}");
        }
        for color in ["#12345", "#1234567", "#12345g", "123456", "#１２３４５６"] {
            assert!(role(&format!(r#"{{"name": "a", "color": "{color}"}}"#)).is_err(), "{color}");
        }
    }

    #[test]
    fn an_overwrite_names_channel_permissions_each_once() {
        let over = |json: &str| {
            let body = serde_json::from_str::<OverwriteBody>(json).unwrap();
            body.over(Permissions::SPEAK, Permissions::CONNECT).map_err(|invalid| invalid.to_string())
        };
        assert_eq!(over("{}"), Ok((Permissions::SPEAK, Permissions::CONNECT)));
        assert_eq!(over(r#"{"allow": []}"#), Ok((Permissions::empty(), Permissions::CONNECT)));
        assert!(over(r#"{"allow": ["ADMINISTRATOR"]}"#).unwrap_err().contains("ADMINISTRATOR does not"));
        assert!(over(r#"{"allow": ["CONNECT"]}"#).unwrap_err().contains("CONNECT is"));
    }
}
