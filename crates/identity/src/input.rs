//! Parsed inputs: after `parse` they are valid.

mod admin;
mod profile;
mod search;

use kernel::Invalid;
use kernel::text::{control_character, display_name};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidateEmail};

use crate::Phone;
use crate::factor::Given;
use crate::password_rules::PasswordRules;
use crate::username::Username;

mod recovery;

pub use crate::factor::input::{BeginFactorBody, FactorBody, VerifyFactorBody};
pub(crate) use admin::Reason;
pub use admin::{RoleBody, SuspendBody};
pub(crate) use profile::ProfileChange;
pub use profile::{DeleteBody, PreferencesBody, ProfileBody, StatusBody};
pub(crate) use recovery::address_key;
pub use recovery::{
    ChangeEmailBody, ChangePasswordBody, ConfirmEmailChangeBody, ForgotPasswordBody, ResendBody,
    ResetPasswordBody, VerifyEmailBody,
};
pub use search::{SearchLimit, Wanted};

/// The longest address that SMTP can carry (RFC 5321, 4.5.3.1.3).
const EMAIL_MAX: usize = 254;
pub(crate) const NAME_MAX: usize = 64;

/// Who wants an account.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterBody {
    /// Where mail reaches them. Nobody else sees it.
    #[schema(example = "ada@example.org", max_length = 254)]
    pub email: String,
    /// At least 8 characters, at most 72 bytes; no common password, nor the username, name or address.
    #[schema(example = "correct horse battery", min_length = 8, max_length = 72)]
    pub password: String,
    /// 2 to 32 letters, digits or `_ . -`; unique. Derived from `name` when absent.
    #[schema(example = "ada")]
    pub username: Option<String>,
    /// The display name, 1 to 64 characters. The username when absent.
    #[schema(example = "Ada Lovelace")]
    pub name: Option<String>,
    /// A phone number in the international form. Nobody else sees it.
    #[schema(example = "+493012345678")]
    pub phone: Option<String>,
}

/// Who wants to log in.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginBody {
    /// The account's address; or give `username`.
    #[schema(example = "ada@example.org")]
    pub email: Option<String>,
    /// The account's username; or give `email`.
    #[schema(example = "ada")]
    pub username: Option<String>,
    /// The password.
    #[schema(example = "correct horse battery")]
    pub password: String,
    /// For an account with a second factor: six digits, or a recovery code.
    #[schema(example = "287082")]
    pub verification_code: Option<String>,
}

/// Who wants to go on without a password.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshBody {
    /// The refresh token of the last pair.
    #[schema(example = "ghr_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
    pub refresh_token: String,
}

/// A sign-up that obeys the rules.
pub(crate) struct Registration {
    pub(crate) email: Email,
    pub(crate) password: Password,
    /// Chosen by its owner, or to be made unique by us.
    pub(crate) username: NameChoice,
    pub(crate) name: String,
    pub(crate) phone: Option<Phone>,
}

pub(crate) enum NameChoice {
    Chosen(Username),
    Derived(Username),
}

/// A login that is worth a look.
pub(crate) struct Credentials {
    pub(crate) account: Account,
    pub(crate) password: String,
    pub(crate) second: Option<Given>,
}

pub(crate) enum Account {
    Email(String),
    Username(String),
}

/// An address, and the form in which addresses are compared.
pub(crate) struct Email {
    pub(crate) address: String,
    pub(crate) key: String,
}

/// A password that may be set.
pub(crate) struct Password(pub(crate) String);

/// An address in the form in which letters to it, and attempts on an account by it, are counted: one for all ways to write
/// it.
pub fn mailbox_name(address: &str) -> String {
    format!("email:{}", email_key(address))
}

/// Text of some lines, at most `max` characters; none when nothing is in it.
fn multiline(text: &str, max: usize) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.chars().count() > max {
        return Err(format!("must have at most {max} characters"));
    }
    match control_character(text) {
        Some(c) => Err(format!("must not contain U+{:04X}", u32::from(c))),
        None => Ok((!text.is_empty()).then(|| text.to_string())),
    }
}

pub(crate) fn email_key(address: &str) -> String {
    address.trim().to_lowercase()
}

impl Registration {
    pub(crate) fn parse(body: RegisterBody, rules: PasswordRules) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let email = Email::parse(&body.email).map_err(|must| invalid.add("email", must)).ok();
        let known = [Some(body.email.as_str()), body.username.as_deref(), body.name.as_deref()];
        let known = known.into_iter().flatten().map(str::trim).collect::<Vec<_>>();
        rules.check(&mut invalid, "password", &body.password, &known);
        let name = body.name.as_deref().map(|name| display_name(name, NAME_MAX)).transpose();
        let name = name.unwrap_or_else(|must| {
            invalid.add("name", must);
            None
        });
        let phone = body.phone.as_deref().map(Phone::parse).transpose().unwrap_or_else(|must| {
            invalid.add("phone", must);
            None
        });
        let username = match body.username.as_deref().map(Username::parse) {
            Some(Ok(username)) => Some(NameChoice::Chosen(username)),
            Some(Err(must)) => {
                invalid.add("username", must);
                None
            }
            None => name.as_deref().map(|name| NameChoice::Derived(Username::derive(name))),
        };
        if body.username.is_none() && body.name.is_none() {
            invalid.add("username", "must be given, or name");
        }
        invalid.into_result()?;
        let (Some(username), Some(email)) = (username, email) else {
            return Err(Invalid::field("username", "must be given, or name"));
        };
        let name = name.unwrap_or_else(|| username.name().as_str().to_string());
        Ok(Self { email, password: Password(body.password), username, name, phone })
    }
}

impl Email {
    /// The address in `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let address = text.trim();
        let good = address.len() <= EMAIL_MAX
            && address.validate_email()
            // What no letter can be sent to is no address, whatever a rule for forms says.
            && address.parse::<lettre::Address>().is_ok();
        if !good {
            return Err("must be an e-mail address");
        }
        Ok(Self { key: email_key(address), address: address.to_string() })
    }
}

impl NameChoice {
    pub(crate) fn name(&self) -> &Username {
        match self {
            Self::Chosen(name) | Self::Derived(name) => name,
        }
    }
}

impl LoginBody {
    /// Whose credentials these claim to be, in the form in which accounts are compared, whether or not there is such an
    /// account: what attempts are counted by. An account's e-mail address and its username are two names; that they
    /// belong together is nobody's business. `None` when the body names no account.
    pub fn account_name(&self) -> Option<String> {
        match (&self.email, &self.username) {
            (Some(email), None) => Some(mailbox_name(email)),
            (None, Some(name)) => {
                let key = Username::parse(name).map(|name| name.key()).unwrap_or_else(|_| name.clone());
                Some(format!("username:{key}"))
            }
            _ => None,
        }
    }
}

impl Credentials {
    pub(crate) fn parse(body: LoginBody) -> Result<Self, Invalid> {
        let account = match (body.email, body.username) {
            // What the database cannot hold is nobody's address.
            (Some(email), None) => Account::Email(email_key(&email).replace('\0', "")),
            // What is no username is nobody's username: the answer is the one for an unknown account.
            (None, Some(name)) => {
                Account::Username(Username::parse(&name).map(|name| name.key()).unwrap_or_default())
            }
            _ => return Err(Invalid::field("email", "must be given, or username, and not both")),
        };
        let second = Given::optional("verificationCode", body.verification_code.as_deref())?;
        Ok(Self { account, password: body.password, second })
    }
}

impl std::fmt::Debug for RegisterBody {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterBody").field("username", &self.username).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for RefreshBody {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshBody").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for LoginBody {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginBody").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(json: &str) -> Result<Registration, String> {
        Registration::parse(serde_json::from_str(json).unwrap(), PasswordRules::default())
            .map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let Err(errors) = register(r#"{"email": "nobody", "password": "short", "username": "a b"}"#) else {
            panic!("it was accepted")
        };
        for field in ["email", "password", "username"] {
            assert!(errors.contains(field), "{errors}");
        }
        assert!(
            register(r#"{"email": "a@b.org", "password": "long enough"}"#)
                .is_err_and(|e| e.contains("username"))
        );
    }

    #[test]
    fn one_of_username_and_name_is_enough() {
        let by_name =
            register(r#"{"email": "A@b.org", "password": "long enough", "name": "Ada L"}"#).ok().unwrap();
        assert_eq!((by_name.username.name().as_str(), by_name.email.key.as_str()), ("Ada_L", "a@b.org"));
        let by_username =
            register(r#"{"email": "a@b.org", "password": "long enough", "username": "ada"}"#).ok().unwrap();
        assert_eq!(by_username.name, "ada");
    }

    #[test]
    fn attempts_on_one_account_have_one_name_however_it_is_written() {
        let name = |json: &str| serde_json::from_str::<LoginBody>(json).unwrap().account_name();
        let ada = name(r#"{"username": "ada", "password": ""}"#).unwrap();
        assert_eq!(name(r#"{"username": "ADA", "password": ""}"#).unwrap(), ada);
        let mail = name(r#"{"email": "ada@example.org", "password": ""}"#).unwrap();
        assert_eq!(name(r#"{"email": " Ada@Example.org ", "password": ""}"#).unwrap(), mail);
        assert_ne!(
            name(r#"{"username": "no name!", "password": ""}"#),
            name(r#"{"username": "?", "password": ""}"#)
        );
        assert_eq!(name(r#"{"email": "a@b.org", "username": "ada", "password": ""}"#), None);
    }

    #[test]
    fn a_password_is_never_cut() {
        let json = format!(r#"{{"email": "a@b.org", "password": "{}", "username": "ada"}}"#, "ä".repeat(37));
        assert!(register(&json).is_err_and(|errors| errors.contains("72 bytes")));
    }
}
