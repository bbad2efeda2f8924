//! Letters that tell the owner of an account what happened to it. They hold no secret, so they can wait in a queue.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::{Letter, Part};
use crate::Method;

/// What to do who did not do it.
const NOT_YOU: &str = "If it was not you, change your password now: it ends every session.";

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub(crate) enum Notice {
    /// The password is another one.
    PasswordChanged { at: Timestamp },
    /// The address is another one; this goes to the old one.
    EmailChanged { at: Timestamp },
    /// Somebody logged in from where nobody did before.
    NewDevice { at: Timestamp, browser: String, address: Option<String> },
    /// Logins need a second factor from now on.
    FactorOn { at: Timestamp, method: Method },
    /// They need none any more, by the owner's wish.
    FactorOff { at: Timestamp },
    /// They need none any more, by an administrator's.
    FactorRemoved { at: Timestamp },
    /// There are new recovery codes.
    RecoveryCodes { at: Timestamp },
    /// Another program may act as the account.
    KeyMade { at: Timestamp, name: String },
    /// A provider's user may log in.
    ProviderLinked { at: Timestamp, provider: String },
    /// They may not any more.
    ProviderUnlinked { at: Timestamp, provider: String },
    /// The account may not be used any more.
    Suspended { reason: String },
}

impl Notice {
    pub(crate) fn letter(self) -> Letter {
        match self {
            Self::PasswordChanged { at } => Letter::new("Your password was changed")
                .words(format!("The password of your account was changed on {}.", moment(at)))
                .words("Every device has to log in again with the new one.")
                .words(
                    "If it was not you, set another one now: choose \"forgot password\" where you log in.",
                ),
            Self::EmailChanged { at } => Letter::new("Your e-mail address was changed")
                .words(format!("Your account has another e-mail address since {}.", moment(at)))
                .words(
                    "Letters no longer come here. If it was not you, tell those who run this installation.",
                ),
            Self::NewDevice { at, browser, address } => {
                let from = address.map(|address| format!(", from {address}")).unwrap_or_default();
                Letter::new("A new login to your account")
                    .words(format!("Somebody logged in to your account on {}: {browser}{from}.", moment(at)))
                    .words("It is the first login of this kind. If it was you, all is well.")
                    .words("If it was not you, change your password now: it ends every session.")
            }
            Self::FactorOn { at, method } => {
                let codes = match method {
                    Method::Totp => "an authenticator app",
                    Method::Sms => "text messages",
                };
                Letter::new("Second factor turned on")
                    .words(format!("Since {} a login to your account needs a code from {codes}.", moment(at)))
                    .words("Keep the recovery codes: they let you in when your phone is lost.")
                    .words(NOT_YOU)
            }
            Self::FactorOff { at } => Letter::new("Second factor turned off")
                .words(format!("Since {} a login to your account needs the password only.", moment(at)))
                .words(NOT_YOU),
            Self::FactorRemoved { at } => Letter::new("Second factor removed")
                .words(format!(
                    "An administrator removed the second factor of your account on {}.",
                    moment(at)
                ))
                .words("Every device has to log in again, with the password only. Then you can set a new one up.")
                .words("If you did not ask for it, tell those who run this installation."),
            Self::RecoveryCodes { at } => Letter::new("New recovery codes")
                .words(format!("New recovery codes were made for your account on {}.", moment(at)))
                .words("Those before them work no more.")
                .words(NOT_YOU),
            Self::KeyMade { at, name } => Letter::new("A new API key of your account")
                .words(format!("On {} an API key was made, with which a program acts as you:", moment(at)))
                .part(Part::Quote(name))
                .words("If it was not you, revoke it and change your password now: a new password does not end keys."),
            Self::ProviderLinked { at, provider } => Letter::new("A new way to log in")
                .words(format!("Since {} a login through {provider} leads to your account.", moment(at)))
                .words("If it was not you, unlink it and change your password now."),
            Self::ProviderUnlinked { at, provider } => Letter::new("A way to log in is gone")
                .words(format!("Since {} no login through {provider} leads to your account.", moment(at)))
                .words(NOT_YOU),
            Self::Suspended { reason } => Letter::new("Your account is suspended")
                .words("Your account may not be used for now. Those who run this installation say:")
                .part(Part::Quote(reason)),
        }
    }
}

/// A moment for people, to the minute.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} at {} UTC", time.get(..5).unwrap_or(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_when_and_where() {
        let at = Timestamp::from_millis(1_700_000_000_000).unwrap();
        let notice =
            Notice::NewDevice { at, browser: "Firefox on Linux".into(), address: Some("192.0.2.7".into()) };
        let back: Notice = serde_json::from_str(&serde_json::to_string(&notice).unwrap()).unwrap();
        assert_eq!(back, notice);
        let letter = format!("{:?}", notice.letter());
        assert!(letter.contains("on 2023-11-14 at 22:13 UTC: Firefox on Linux, from 192.0.2.7."), "{letter}");
    }
}
