//! Members: changes, and looking for them by name.

use kernel::text::display_name;
use kernel::{Invalid, Patch};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::NICKNAME_MAX;

/// Characters that the beginning of a name may have.
const PREFIX_MAX: usize = 64;

/// Changes of a member: what is not said stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateMemberBody {
    /// What they are to be called in this server, 1 to 64 characters; `null` for their own name.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Countess", min_length = 1, max_length = 64)]
    pub nickname: Patch<String>,
}

/// Changes that may be made.
#[derive(Clone, Debug)]
pub(crate) struct MemberChange {
    pub(crate) nickname: Option<Option<String>>,
}

/// The beginning of a name, and what comes behind every name that has it: compared by bytes, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamePrefix {
    pub(crate) text: String,
    pub(crate) end: String,
}

impl MemberChange {
    pub(crate) fn parse(body: UpdateMemberBody) -> Result<Self, Invalid> {
        let name =
            |text: String| display_name(&text, NICKNAME_MAX).map_err(|must| Invalid::field("nickname", must));
        Ok(Self { nickname: body.nickname.try_map(name)?.into_change() })
    }
}

impl NamePrefix {
    /// The beginning that somebody typed.
    ///
    /// # Errors
    /// It is empty or too long.
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        let text = text.strip_prefix('@').unwrap_or(&text).to_string();
        if text.is_empty() || text.chars().count() > PREFIX_MAX || text.chars().any(char::is_control) {
            let must = format!("must have 1 to {PREFIX_MAX} characters, none of them a control character");
            return Err(Invalid::field("query", must));
        }
        // No character of UTF-8 stands behind this one.
        let end = format!("{text}{}", char::MAX);
        Ok(Self { text, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_is_a_display_name_or_none() {
        let parse = |json| MemberChange::parse(serde_json::from_str(json).unwrap());
        assert_eq!(parse("{}").unwrap().nickname, None);
        assert_eq!(parse(r#"{"nickname": null}"#).unwrap().nickname, Some(None));
        assert_eq!(parse(r#"{"nickname": " Lady  A "}"#).unwrap().nickname, Some(Some("Lady A".into())));
        for bad in [r#"{"nickname": " "}"#, r#"{"nickname": "a\u202eb"}"#] {
            assert!(parse(bad).unwrap_err().to_string().starts_with("nickname must"), "{bad}");
        }
    }

    #[test]
    fn a_prefix_ends_behind_all_that_have_it() {
        let prefix = NamePrefix::parse(" @Äd ").unwrap();
        assert_eq!(prefix.text, "äd");
        assert!(prefix.end.as_str() > "äd\u{10fffe}zz" && prefix.end.as_str() < "äe");
        assert!(NamePrefix::parse("@").is_err() && NamePrefix::parse("a\0").is_err());
    }
}
