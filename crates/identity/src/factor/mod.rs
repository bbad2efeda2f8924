//! The second factor: what somebody must have beside the password.

pub(crate) mod input;
pub(crate) mod recovery;
pub(crate) mod totp;

use kernel::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use recovery::RecoveryCode;

/// Digits of a code.
const DIGITS: usize = 6;

/// Where the codes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// An authenticator app (TOTP).
    Totp,
    /// A text message.
    Sms,
}

impl Method {
    /// As it stands in the table and on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Sms => "sms",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        if name == Self::Sms.name() { Self::Sms } else { Self::Totp }
    }
}

/// Whether an account has a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FactorView {
    /// Whether a login needs a code.
    pub enabled: bool,
    /// Where the codes come from; `null` when none are needed.
    pub method: Option<Method>,
}

/// What somebody gave as a code.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// Six digits.
    Code(String),
    Recovery(RecoveryCode),
}

impl Given {
    /// The code in a field that may be left out, or empty.
    pub(crate) fn optional(field: &str, text: Option<&str>) -> Result<Option<Self>, Invalid> {
        let text = text.filter(|text| !text.trim().is_empty());
        text.map(|text| Self::parse(field, text)).transpose()
    }

    /// The code in `text`; spaces and dashes do not matter.
    pub(crate) fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        let bare = text.chars().filter(|c| !matches!(c, '-' | ' ')).take(DIGITS + 1).collect::<String>();
        if bare.len() == DIGITS && bare.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::Code(bare));
        }
        let recovery = RecoveryCode::parse(text).map(Self::Recovery);
        recovery.ok_or_else(|| Invalid::field(field, "must be six digits, or a recovery code"))
    }
}

impl std::fmt::Debug for Given {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code",
            Self::Recovery(_) => "Recovery",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_their_form() {
        for text in ["123456", " 123 456 ", "123-456"] {
            assert_eq!(Given::parse("code", text).unwrap(), Given::Code("123456".into()));
        }
        assert!(matches!(Given::parse("code", "0000-0000-0000-0000"), Ok(Given::Recovery(_))));
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert!(Given::parse("code", text).is_err(), "{text}");
        }
        assert_eq!(Given::optional("code", Some(" ")), Ok(None));
        assert!(Given::optional("code", Some("1")).is_err());
        assert_eq!(format!("{:?}", Given::parse("code", "123456")), "Ok(Code)");
    }
}
