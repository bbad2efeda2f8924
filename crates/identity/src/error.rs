//! What can go wrong with accounts.

use backbone::db::DbError;
use kernel::{Code, Failure, Internal, Invalid, UserId};
use serde_json::{Value, json};

use crate::Method;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The account does not exist or the password is wrong.
    #[error("the e-mail address, username or password is wrong")]
    InvalidCredentials,
    /// There is no valid token.
    #[error("this needs a valid access token; log in again")]
    Unauthenticated,
    /// The token's time is over.
    #[error("the access token has expired; log in again")]
    TokenExpired,
    /// The refresh token was never ours, is of a session that is over, or was used before.
    #[error("this refresh token does not work, or does not any more; log in again")]
    RefreshRefused,
    /// The account was suspended; said only to who has its password.
    #[error("this account is suspended: {reason}")]
    Suspended {
        /// What its owner is told.
        reason: String,
    },
    /// Only administrators may do this.
    #[error("only administrators of this installation may do this")]
    NotAdmin,
    /// Nobody would be left who may do what administrators do.
    #[error("this is the last administrator: make somebody else one first")]
    LastAdmin,
    /// There is no such account, or it was deleted.
    #[error("no such user")]
    NoUser,
    /// The password, which somebody logged in gave again, is wrong.
    #[error("the password is wrong")]
    WrongPassword {
        /// What the input calls it.
        field: &'static str,
    },
    /// The password is right, and the account has a second factor.
    #[error("this account has a second factor: send the same again with a code")]
    FactorRequired {
        /// Whose factor.
        user: UserId,
        /// Where the code comes from. With [`Method::Sms`], [`crate::Identity::text_code`] sends one.
        method: Method,
    },
    /// There were too many wrong codes from an app.
    #[error("too many wrong codes: try again in {retry_after_s} seconds, or use a recovery code")]
    TooManyTries {
        /// After how many seconds codes are looked at again.
        retry_after_s: u64,
    },
    /// There were too many wrong codes for the one that was sent.
    #[error("too many wrong codes: the one that was sent works no more; ask for another")]
    CodeSpent,
    /// A second factor is in force: it must be given up before another one begins.
    #[error("a second factor is in force; turn it off first")]
    FactorInForce,
    /// There is no second factor to be verified, used or turned off.
    #[error("the account has no second factor to do this with; enable one first")]
    NoFactor,
    /// An administrator cannot take away their own second factor as if it were somebody else's.
    #[error("give up your own second factor with POST /api/auth/2fa/disable")]
    OwnFactor,
    /// No provider of text messages is configured.
    #[error("text messages are not set up here; use an authenticator app")]
    NoTexts,
    /// The provider did not take the message.
    #[error("the text message could not be sent; try again later")]
    TextNotSent(#[source] Internal),
    /// The API key was never ours, or does not work any more.
    #[error("this API key does not work, or does not any more; make another one")]
    KeyRefused,
    /// There is no such API key, or it is somebody else's.
    #[error("no such API key")]
    NoKey,
    /// The account has as many API keys as it may have.
    #[error("an account has 50 API keys at most: revoke one first")]
    TooManyKeys,
    /// No provider has this name.
    #[error("no provider of this name is set up here; GET /api/auth/providers lists those that are")]
    NoProvider,
    /// A well-known provider is not set up.
    #[error(
        "logging in through {provider} is not set up here: identity.oauth.{provider}.client_id is not set"
    )]
    ProviderOff {
        /// Its name.
        provider: String,
    },
    /// The provider does not say where to send a browser.
    #[error("{provider} does not answer as it should; try again in a few seconds")]
    ProviderDown {
        /// What people call it.
        provider: String,
    },
    /// The one-time code was never ours, is too old, was used, or is another's.
    #[error("this code does not work, or does not any more: begin the login again")]
    CodeRefused,
    /// An account has the address that the provider names, and one of the two did not check whose it is.
    #[error("there is an account with this e-mail address: log in to it, and link the provider from there")]
    LinkFirst,
    /// The provider's user is linked to another account.
    #[error("this user of the provider is linked to another account")]
    LinkTaken,
    /// The account is linked to another user of the provider.
    #[error("your account is linked to another user of this provider: unlink that first")]
    LinkedToAnother,
    /// There is no such link.
    #[error("your account is not linked to this provider")]
    NoLink,
    /// Nobody could log in any more.
    #[error("this is the only way to log in to your account: set a password or link another provider first")]
    LastCredential,
    /// There is no such session, or it is somebody else's.
    #[error("no such session")]
    NoSession,
    /// The username is taken, or looks like one that is.
    #[error("this username is taken or looks like one that is; choose another")]
    UsernameTaken,
    /// The address belongs to an account.
    #[error("there is an account with this e-mail address; log in instead")]
    EmailTaken,
    /// The address has to be proved first; said only to who has the password.
    #[error("confirm your e-mail address first: a code was sent to it, or ask for a new one")]
    EmailNotVerified,
    /// A code, of an app or of what was sent, or a link's token is wrong, too old, was used, or was tried too often.
    #[error("this code or link is wrong, too old, or was used before")]
    InvalidCode,
    /// Letters do not leave here.
    #[error("this installation sends no e-mail, so this cannot be done here (mail.transport)")]
    NoMail,
    /// More passwords wait to be checked than will be checked soon.
    #[error("too many people are logging in; try again in a few seconds")]
    Busy,
    /// The database did not do it.
    #[error(transparent)]
    Database(DbError),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::InvalidCredentials | Self::WrongPassword { .. } => Code::InvalidCredentials,
            Self::FactorRequired { .. } => Code::TwoFactorRequired,
            Self::CodeSpent | Self::InvalidCode | Self::CodeRefused => Code::InvalidCode,
            Self::TooManyTries { .. } => Code::RateLimited,
            Self::FactorInForce | Self::NoFactor | Self::OwnFactor => Code::Conflict,
            Self::NoTexts | Self::TextNotSent(_) => Code::Unavailable,
            Self::Unauthenticated | Self::RefreshRefused | Self::KeyRefused => Code::Unauthenticated,
            Self::Suspended { .. } => Code::AccountSuspended,
            Self::NotAdmin => Code::InsufficientPermissions,
            Self::NoUser | Self::NoSession | Self::NoKey | Self::NoProvider | Self::NoLink => {
                Code::ResourceNotFound
            }
            Self::LastAdmin
            | Self::TooManyKeys
            | Self::LinkTaken
            | Self::LinkedToAnother
            | Self::LastCredential => Code::Conflict,
            Self::TokenExpired => Code::TokenExpired,
            Self::UsernameTaken | Self::EmailTaken | Self::LinkFirst => Code::UserExists,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::Busy | Self::NoMail | Self::ProviderOff { .. } | Self::ProviderDown { .. } => {
                Code::Unavailable
            }
            Self::Database(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::WrongPassword { field } => Some(json!({ "field": field })),
            Self::FactorRequired { method, .. } => Some(json!({ "method": method })),
            Self::TooManyTries { retry_after_s } => Some(json!({ "retryAfter": retry_after_s })),
            Self::Suspended { reason } => Some(json!({ "reason": reason })),
            Self::NotAdmin => Some(json!({ "permission": "ADMIN" })),
            Self::UsernameTaken => Some(json!({ "field": "username" })),
            Self::EmailTaken | Self::LinkFirst => Some(json!({ "field": "email" })),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some("users_username_taken") => Self::UsernameTaken,
            Some("users_email_taken") => Self::EmailTaken,
            Some("oauth_links_one") => Self::LinkedToAnother,
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
