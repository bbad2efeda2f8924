//! Changes of what people say of themselves.

use kernel::text::display_name;
use kernel::{Invalid, Object, Patch};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{NAME_MAX, multiline};
use crate::Phone;
use crate::profile::{Preferences, Status};
use crate::username::Username;

/// Characters that a bio may have.
const BIO_MAX: usize = 500;
/// Characters that a status message may have.
const STATUS_MESSAGE_MAX: usize = 100;

/// What is to be different: a field that is not given stays, `null` clears it.
#[derive(Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "name": "Ada King", "bio": "Countess of Lovelace", "preferences": { "timezone": "Europe/London" } }))]
pub struct ProfileBody {
    /// 2 to 32 letters, digits or `_ . -`; unique. Cannot be cleared.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "ada")]
    pub username: Patch<String>,
    /// The display name, 1 to 64 characters. Cleared: the username.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Ada King")]
    pub name: Patch<String>,
    /// What they say of themselves, up to 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub bio: Patch<String>,
    /// A phone number in the international form. Nobody else sees it; who knows it finds them by it, unless they opted
    /// out. The number to which codes of a second factor are sent is another matter and stays as it is.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "+493012345678")]
    pub phone: Patch<String>,
    /// Only `null`, which takes the picture away; `POST /api/users/avatar` brings one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub avatar: Patch<serde_json::Value>,
    /// How they want to be seen. Cleared: `online`.
    #[serde(default)]
    #[schema(value_type = Option<Status>)]
    pub status: Patch<Status>,
    /// What they are at, one line of up to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub status_message: Patch<String>,
    /// How they want things. Cleared: as for a new account.
    #[serde(default)]
    #[schema(value_type = Option<PreferencesBody>)]
    pub preferences: Patch<Object<PreferencesBody>>,
}

/// What is to be different: a field that is not given stays, `null` sets it back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesBody {
    /// Whether clients should notify at all.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub notifications: Patch<bool>,
    /// Whether clients should make a sound.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub sound_enabled: Patch<bool>,
    /// The name of a time zone of the IANA database.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Europe/London")]
    pub timezone: Patch<String>,
    /// Whether a search for exactly their e-mail address finds them.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub discoverable_by_email: Patch<bool>,
    /// Whether a search for exactly their phone number finds them.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub discoverable_by_phone: Patch<bool>,
}

/// How somebody wants to be seen from now on.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusBody {
    /// How they want to be seen; stays as it is when it is not given.
    #[schema(example = "busy")]
    pub status: Option<Status>,
    /// What they are at, one line of up to 100 characters. Not given, it stays; `null` clears it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100, example = "at the mill")]
    pub status_message: Patch<String>,
}

/// Who wants their account to be deleted.
#[derive(Clone, Deserialize, Validate, ToSchema)]
pub struct DeleteBody {
    /// The account's password. Not needed within ten minutes of logging in.
    #[schema(example = "correct horse battery")]
    pub password: Option<String>,
}

impl std::fmt::Debug for ProfileBody {
    /// Without what is in it: a phone number is nobody else's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProfileBody").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for DeleteBody {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeleteBody").finish_non_exhaustive()
    }
}

/// Changes that obey the rules.
#[derive(Debug, Default)]
pub(crate) struct ProfileChange {
    pub(crate) username: Option<Username>,
    pub(crate) name: Patch<String>,
    pub(crate) bio: Patch<String>,
    pub(crate) phone: Patch<Phone>,
    pub(crate) avatar: Patch<String>,
    pub(crate) status: Option<Status>,
    pub(crate) status_message: Patch<String>,
    pub(crate) preferences: PreferencesChange,
}

/// What of the preferences is to be different.
#[derive(Debug, Default)]
pub(crate) struct PreferencesChange {
    pub(crate) notifications: Option<bool>,
    pub(crate) sound_enabled: Option<bool>,
    pub(crate) timezone: Patch<String>,
    pub(crate) discoverable_by_email: Option<bool>,
    pub(crate) discoverable_by_phone: Option<bool>,
}

impl ProfileChange {
    pub(crate) fn parse(body: ProfileBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let username = match body.username {
            Patch::Keep => None,
            Patch::Clear => {
                invalid.add("username", "must be given, or left out: it cannot be cleared");
                None
            }
            Patch::Set(text) => Username::parse(&text).map_err(|must| invalid.add("username", must)).ok(),
        };
        if let Patch::Set(_) = body.avatar {
            invalid.add("avatar", "must be null, or a file in a multipart body");
        }
        let change = Self {
            username,
            name: noted("name", body.name.try_map(|text| display_name(&text, NAME_MAX)), &mut invalid),
            bio: noted("bio", body.bio.try_map(|text| multiline(&text, BIO_MAX)), &mut invalid).flatten(),
            phone: noted("phone", body.phone.try_map(|text| Ok(Phone::parse(&text)?)), &mut invalid),
            avatar: if body.avatar == Patch::Clear { Patch::Clear } else { Patch::Keep },
            status: body.status.or_default_to(Status::default()),
            status_message: status_message(body.status_message, &mut invalid),
            preferences: PreferencesChange::parse(body.preferences, &mut invalid),
        };
        invalid.into_result()?;
        Ok(change)
    }

    pub(crate) fn parse_status(body: StatusBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let status_message = status_message(body.status_message, &mut invalid);
        if body.status.is_none() && status_message == Patch::Keep {
            invalid.add("status", "must be given, or statusMessage");
        }
        invalid.into_result()?;
        Ok(Self { status: body.status, status_message, ..Self::default() })
    }

    /// Whether what everybody sees is to be different.
    pub(crate) fn is_of_card(&self) -> bool {
        self.username.is_some()
            || self.name != Patch::Keep
            || self.bio != Patch::Keep
            || self.avatar != Patch::Keep
    }

    /// Whether how they want to be seen is to be different.
    pub(crate) fn is_of_status(&self) -> bool {
        self.status.is_some() || self.status_message != Patch::Keep
    }
}

impl PreferencesChange {
    fn parse(body: Patch<Object<PreferencesBody>>, invalid: &mut Invalid) -> Self {
        let body = match body {
            Patch::Keep => PreferencesBody::default(),
            Patch::Clear => PreferencesBody {
                notifications: Patch::Clear,
                sound_enabled: Patch::Clear,
                timezone: Patch::Clear,
                discoverable_by_email: Patch::Clear,
                discoverable_by_phone: Patch::Clear,
            },
            Patch::Set(Object(body)) => body,
        };
        let usual = Preferences::default();
        Self {
            notifications: body.notifications.or_default_to(usual.notifications),
            sound_enabled: body.sound_enabled.or_default_to(usual.sound_enabled),
            timezone: noted("preferences.timezone", body.timezone.try_map(timezone), invalid),
            discoverable_by_email: body.discoverable_by_email.or_default_to(usual.discoverable_by_email),
            discoverable_by_phone: body.discoverable_by_phone.or_default_to(usual.discoverable_by_phone),
        }
    }
}

/// What was parsed; what is wrong is noted, and changes nothing.
fn noted<T>(field: &str, parsed: Result<Patch<T>, String>, invalid: &mut Invalid) -> Patch<T> {
    parsed.unwrap_or_else(|must| {
        invalid.add(field, must);
        Patch::Keep
    })
}

/// One line; none when nothing is in it.
fn status_message(text: Patch<String>, invalid: &mut Invalid) -> Patch<String> {
    let parsed = text.try_map(|text| {
        let blank = text.trim().is_empty();
        if blank { Ok(None) } else { display_name(&text, STATUS_MESSAGE_MAX).map(Some) }
    });
    noted("statusMessage", parsed, invalid).flatten()
}

fn timezone(name: String) -> Result<String, String> {
    match name.parse::<chrono_tz::Tz>() {
        Ok(zone) => Ok(zone.name().to_string()),
        Err(_) => Err("must be a time zone of the IANA database, such as Europe/London".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<ProfileChange, String> {
        ProfileChange::parse(serde_json::from_str(json).unwrap()).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn what_is_not_given_stays() {
        let change = parse("{}").unwrap();
        assert!(change.username.is_none() && change.name == Patch::Keep && !change.is_of_status());
        assert!(change.preferences.notifications.is_none());
    }

    #[test]
    fn null_clears_or_sets_back() {
        let change =
            parse(r#"{"name": null, "bio": " ", "avatar": null, "status": null, "preferences": null}"#)
                .unwrap();
        assert_eq!((change.name, change.bio), (Patch::Clear, Patch::Clear));
        assert_eq!(change.avatar, Patch::Clear);
        assert_eq!(change.status, Some(Status::Online));
        assert_eq!(change.preferences.notifications, Some(true));
        assert_eq!(change.preferences.timezone, Patch::Clear);
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let long = "x".repeat(501);
        let errors = parse(&format!(
            r#"{{"username": null, "name": "", "bio": "{long}", "avatar": "https://example.org/a.png",
                "statusMessage": "{long}", "phone": "030 123456", "preferences": {{"timezone": "Mars/Olympus"}}}}"#
        ))
        .unwrap_err();
        for field in ["username", "name", "bio", "phone", "avatar", "statusMessage", "preferences.timezone"] {
            assert!(errors.contains(field), "{field}: {errors}");
        }
    }

    #[test]
    fn a_number_has_one_form_and_gets_into_no_log() {
        let body = r#"{"phone": "+49 (30) 1234-5678"}"#;
        let change = parse(body).unwrap();
        assert_eq!(change.phone, Patch::Set(Phone::parse("+493012345678").unwrap()));
        let body: ProfileBody = serde_json::from_str(body).unwrap();
        assert!(!format!("{body:?}{change:?}").contains("30"));
        assert_eq!(parse(r#"{"phone": null}"#).unwrap().phone, Patch::Clear);
    }

    #[test]
    fn time_zones_are_known_ones() {
        for good in ["UTC", "Europe/London", "Asia/Kolkata"] {
            assert_eq!(timezone(good.into()).as_deref(), Ok(good));
        }
        for bad in ["", "GMT+25", "europe/london", "Europe/London\0", "../etc"] {
            assert!(timezone(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_status_alone_needs_something() {
        let parse = |json| ProfileChange::parse_status(serde_json::from_str(json).unwrap());
        assert!(parse("{}").is_err());
        assert!(parse(r#"{"status": "busy"}"#).unwrap().is_of_status());
        assert_eq!(parse(r#"{"statusMessage": null}"#).unwrap().status_message, Patch::Clear);
    }
}
