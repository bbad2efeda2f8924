//! Letters that tell the owner of an account what happened to it. They hold no secret, so they can wait in a queue.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::{Letter, Part};

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
