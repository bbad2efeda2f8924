//! What can go wrong with conversations.

use backbone::db::DbError;
use kernel::{Code, Denied, Failure, Internal, Invalid};
use serde_json::Value;

use crate::policy::MEMBERS_MAX;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The conversation is hidden, or the right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such conversation, or the caller is not in it.
    #[error("no such conversation, or you are not in it")]
    NoConversation,
    /// They are not in the group.
    #[error("they are not a member of this group")]
    NoMember,
    /// There is no such account.
    #[error("there is no such account")]
    NoUser,
    /// The caller blocked them.
    #[error("you blocked them: unblock them first")]
    Blocked,
    /// They do not want to be written to by the caller, for whatever reason.
    #[error("they do not accept messages from you")]
    NotAccepted,
    /// A direct conversation has two members, always.
    #[error("this is a conversation of two: make a group instead")]
    NotAGroup,
    /// Only the owner and the admins of the group may do it.
    #[error("only the group's owner and its admins may do this")]
    NotAnAdmin,
    /// Only the owner of the group may do it.
    #[error("only the group's owner may do this")]
    NotTheOwner,
    /// They do not stand below the caller.
    #[error("they do not stand below you: admins remove members, the owner removes anybody")]
    Rank,
    /// The group has no room for them.
    #[error("a group has at most {MEMBERS_MAX} members")]
    Full,
    /// The database did not do it.
    #[error(transparent)]
    Database(DbError),
    /// The timelines did not do it.
    #[error(transparent)]
    Log(#[from] messaging::Error),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Denied(denied) => denied.code(),
            Self::NoConversation | Self::NoMember | Self::NoUser => Code::ResourceNotFound,
            Self::Blocked => Code::Blocked,
            Self::NotAccepted | Self::NotAnAdmin | Self::NotTheOwner => Code::Forbidden,
            Self::Rank => Code::RoleHierarchy,
            Self::NotAGroup | Self::Full => Code::Conflict,
            Self::Database(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::Denied(denied) => denied.details(),
            Self::Log(error) => error.details(),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some("participants_user_id_fkey" | "pairs_low_id_fkey" | "pairs_high_id_fkey") => Self::NoUser,
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
