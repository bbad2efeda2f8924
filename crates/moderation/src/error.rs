//! What can go wrong with keeping order.

use backbone::db::DbError;
use kernel::{Code, Failure, Internal, Invalid};
use serde_json::Value;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// What the guild says: no such guild or member, a missing permission, the hierarchy.
    #[error(transparent)]
    Guild(#[from] guilds::Error),
    /// What the log says.
    #[error(transparent)]
    Log(#[from] messaging::Error),
    /// There is no such warning.
    #[error("no such warning")]
    NoWarning,
    /// There is no such report.
    #[error("no such report")]
    NoReport,
    /// The member is not timed out.
    #[error("they are not timed out")]
    NotTimedOut,
    /// The member is timed out: once is enough for automod.
    #[error("they are timed out already")]
    AlreadyTimedOut,
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
            Self::Guild(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::NoWarning | Self::NoReport | Self::NotTimedOut => Code::ResourceNotFound,
            Self::AlreadyTimedOut => Code::Conflict,
            Self::Database(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::Guild(error) => error.details(),
            Self::Log(error) => error.details(),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some("reports_user_id_fkey" | "warnings_user_id_fkey") => guilds::Error::NoUser.into(),
            Some("guild_audit_guild_id_fkey" | "reports_guild_id_fkey") => guilds::Error::NoGuild.into(),
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
