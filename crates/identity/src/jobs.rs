//! What accounts leave to be done after a commit. The payloads say for whom and why; codes and tokens are made when the
//! letter is written, so that none ever stands in a table.

use backbone::jobs::{Handlers, Job, JobError};
use kernel::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Identity;
use crate::mail::letters::Notice;
use crate::store::email_changes::Side;

/// Tries of a letter that somebody waits for: about half an hour, which also satisfies servers that want to be asked again
/// later (greylisting).
const WAITED_FOR: u32 = 10;
/// Tries of a letter that can wait: about four hours.
const UNHURRIED: u32 = 14;

macro_rules! jobs {
    ($($(#[$doc:meta])+ $name:ident = $kind:literal, $tries:expr; { $($field:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])+
        #[derive(Debug, Serialize, Deserialize)]
        pub(crate) struct $name { $(pub(crate) $field: $type,)+ }

        impl Job for $name {
            const KIND: &'static str = $kind;
            const TRIES: u32 = $tries;
        }
    )+};
}

jobs! {
    /// Send the code that answers a request to prove an address.
    VerificationLetter = "identity.verification-letter", WAITED_FOR; { user: UserId, request: Uuid, }
    /// Somebody asked for another code, for an account that may exist.
    Resend = "identity.resend", WAITED_FOR; { whose: Whose, }
    /// Somebody forgot the password of an account that may exist.
    ResetLetter = "identity.reset-letter", WAITED_FOR; { email_key: String, }
    /// Send one of the codes that answer a request to change the address.
    ChangeLetter = "identity.change-letter", WAITED_FOR; { user: UserId, request: Uuid, side: Side, }
    /// Tell somebody what happened to their account.
    NoticeLetter = "identity.notice-letter", UNHURRIED; { to: String, notice: Notice, }
}

/// An account, as whoever asks for a letter named it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Whose {
    /// By the form in which addresses are compared.
    Address(String),
    /// By its own token.
    Account(UserId),
}

impl Identity {
    /// Adds how the jobs of accounts are done.
    #[must_use]
    pub fn handlers(&self, handlers: Handlers) -> Handlers {
        handlers
            .on(self.doing(Self::write_verification))
            .on(self.doing(Self::do_resend))
            .on(self.doing(Self::write_reset))
            .on(self.doing(Self::write_change))
            .on(self.doing(Self::write_notice))
    }

    fn doing<J, F: Future<Output = Result<(), JobError>>>(
        &self,
        how: fn(Self, J) -> F,
    ) -> impl Fn(J) -> F + use<J, F> {
        let identity = self.clone();
        move |job| how(identity.clone(), job)
    }
}
