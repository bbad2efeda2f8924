//! What people send about their second factor.

use kernel::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{Given, Method};
use crate::Phone;

/// Who wants a second factor.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BeginFactorBody {
    /// Where the codes are to come from. When absent: `sms` with a `phone`, else `totp`.
    #[schema(example = "totp")]
    pub method: Option<Method>,
    /// For `sms`: where to send codes, in the international form. The account's own number when absent.
    pub phone: Option<String>,
    /// The account's password. Needed unless the login is less than ten minutes old.
    #[schema(example = "correct horse battery")]
    pub password: Option<String>,
}

/// Who has the first code.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyFactorBody {
    /// The six digits.
    #[schema(example = "287082")]
    pub code: String,
}

/// Who wants to change what a second factor protects.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FactorBody {
    /// The account's password. Needed unless the login is less than ten minutes old.
    #[schema(example = "correct horse battery")]
    pub password: Option<String>,
    /// Six digits, or a recovery code. When absent, the answer is `TWO_FACTOR_REQUIRED`, and with `sms` a code is sent.
    #[schema(example = "287082")]
    pub code: Option<String>,
}

/// A second factor that is wanted.
pub(crate) enum Wanted {
    Totp,
    /// With a number, or with that of the account.
    Sms(Option<Phone>),
}

impl BeginFactorBody {
    pub(crate) fn wanted(&self) -> Result<Wanted, Invalid> {
        let phone = self.phone.as_deref().map(Phone::parse).transpose();
        let phone = phone.map_err(|must| Invalid::field("phone", must))?;
        Ok(match (self.method, phone) {
            (None | Some(Method::Totp), None) => Wanted::Totp,
            (Some(Method::Totp), Some(_)) => {
                return Err(Invalid::field("phone", "must not be given with the method totp"));
            }
            (None | Some(Method::Sms), phone) => Wanted::Sms(phone),
        })
    }
}

impl VerifyFactorBody {
    pub(crate) fn given(&self) -> Result<Given, Invalid> {
        Given::parse("code", &self.code)
    }
}

impl FactorBody {
    pub(crate) fn given(&self) -> Result<Option<Given>, Invalid> {
        Given::optional("code", self.code.as_deref())
    }
}

impl std::fmt::Debug for BeginFactorBody {
    /// Without password and number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BeginFactorBody").field("method", &self.method).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for VerifyFactorBody {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifyFactorBody").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for FactorBody {
    /// Without password and code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FactorBody").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_method_follows_from_what_is_given() {
        let wanted = |json: &str| serde_json::from_str::<BeginFactorBody>(json).unwrap().wanted();
        assert!(matches!(wanted("{}"), Ok(Wanted::Totp)));
        assert!(matches!(wanted(r#"{"method": "totp"}"#), Ok(Wanted::Totp)));
        assert!(matches!(wanted(r#"{"phone": "+493012345678"}"#), Ok(Wanted::Sms(Some(_)))));
        assert!(matches!(wanted(r#"{"method": "sms"}"#), Ok(Wanted::Sms(None))));
        assert!(wanted(r#"{"method": "totp", "phone": "+493012345678"}"#).is_err());
        assert!(wanted(r#"{"phone": "030 12345678"}"#).is_err());
    }

    #[test]
    fn nothing_secret_is_shown() {
        let json = r#"{"password": "hunter2", "phone": "+493012345678", "code": "287082"}"#;
        let shown = format!(
            "{:?}{:?}{:?}",
            serde_json::from_str::<BeginFactorBody>(json).unwrap(),
            serde_json::from_str::<VerifyFactorBody>(json).unwrap(),
            serde_json::from_str::<FactorBody>(json).unwrap()
        );
        assert!(!shown.contains("hunter2") && !shown.contains("4930") && !shown.contains("2870"), "{shown}");
    }
}
