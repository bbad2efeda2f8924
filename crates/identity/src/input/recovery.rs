//! What is sent to prove an address, and to get or set a password.

use kernel::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::Email;

macro_rules! bodies {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])+
        #[derive(Clone, Deserialize, Validate, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $($(#[$field_doc])+ pub $field: $type,)+ }

        impl std::fmt::Debug for $name {
            /// Without what is in it: most of it is secret.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )+};
}

bodies! {
    /// Who proves an address.
    VerifyEmailBody {
        /// The account's address. May be absent when a token comes with the call: then it is the token's account.
        #[schema(example = "ada@example.org")]
        email: Option<String>,
        /// The six digits from the letter.
        #[schema(example = "402867")]
        code: String,
    }

    /// Who wants another code.
    ResendBody {
        /// The account's address. May be absent when a token comes with the call: then it is the token's account.
        #[schema(example = "ada@example.org")]
        email: Option<String>,
    }

    /// Who forgot a password.
    ForgotPasswordBody {
        /// The account's address.
        #[schema(example = "ada@example.org")]
        email: String,
    }

    /// Who got the letter.
    ResetPasswordBody {
        /// The token of the link in the letter.
        #[schema(example = "ghx_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
        token: String,
        /// At least 8 characters, at most 72 bytes; no common password, nor the username, name or address.
        #[schema(example = "seventeen ripe pears", min_length = 8, max_length = 72)]
        new_password: String,
    }

    /// Who wants another password.
    ChangePasswordBody {
        /// The one that it has. Left out for the first one of an account that was made through a provider, within ten
        /// minutes of a login.
        #[schema(example = "a dozen bananas")]
        current_password: Option<String>,
        /// At least 8 characters, at most 72 bytes; no common password, nor the username, name or address.
        #[schema(example = "seventeen ripe pears", min_length = 8, max_length = 72)]
        new_password: String,
    }

    /// Who wants another address.
    ChangeEmailBody {
        /// The account's password. An account without one needs a login that is less than ten minutes old.
        #[schema(example = "a dozen bananas")]
        password: Option<String>,
        /// Where mail is to reach its owner.
        #[schema(example = "ada@example.com", max_length = 254)]
        new_email: String,
    }

    /// Who proves both addresses.
    ConfirmEmailChangeBody {
        /// The six digits from the letter to the new address.
        #[schema(example = "402867")]
        new_code: String,
        /// The six digits from the letter to the present address; may be absent when none was sent there.
        #[schema(example = "193845")]
        old_code: Option<String>,
    }
}

/// Whose account is meant by an address that somebody wrote.
///
/// # Errors
/// It is no address.
pub(crate) fn address_key(field: &str, text: &str) -> Result<String, Invalid> {
    Email::parse(text).map(|email| email.key).map_err(|must| Invalid::field(field, must))
}
