//! Letters whose reader can prove something: each holds a secret. None says who asked for it, for the reader may have
//! nothing to do with them, and a name can be an advertisement.

use super::super::{Letter, Part};

const NOT_YOU: &str = "If you did not ask for it, you need not do anything.";

pub(crate) fn verification(code: String, link: String) -> Letter {
    Letter::new("Confirm your e-mail address")
        .words("With this code you confirm that this address is yours:")
        .part(Part::Code(code))
        .words("Enter it where you were asked for it, or here:")
        .part(Part::Link(link))
        .words("It works for 10 minutes. Nobody who works here will ever ask you for it.")
        .words(NOT_YOU)
}

pub(crate) fn reset(link: String) -> Letter {
    Letter::new("Set a new password")
        .words("Somebody, you we hope, wants to set a new password for the account with this address. This is the way:")
        .part(Part::Link(link))
        .words("It works once, for an hour. When the password is set, every device has to log in again.")
        .words(NOT_YOU)
}

/// To the address that an account is to get.
pub(crate) fn confirm_moving(code: String, link: String) -> Letter {
    Letter::new("Confirm your new e-mail address")
        .words("An account is to have this address from now on. With this code you confirm that it is yours:")
        .part(Part::Code(code))
        .words("Enter it where you asked for the change, or here:")
        .part(Part::Link(link))
        .words("It works for 10 minutes.")
        .words(NOT_YOU)
}

/// To the address that an account is to lose.
pub(crate) fn confirm_leaving(code: String) -> Letter {
    Letter::new("Confirm the change of your e-mail address")
        .words("Your account is to have another address from now on. With this code, and the one that was sent there, you confirm it:")
        .part(Part::Code(code))
        .words("It works for 10 minutes.")
        .words("If it was not you who asked for it, somebody knows your password: change it now, and give nobody this code.")
}
