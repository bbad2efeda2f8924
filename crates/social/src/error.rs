//! What can go wrong between people.

use backbone::db::DbError;
use kernel::{Code, Failure, Internal, Invalid};
use serde_json::Value;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such account, or it was deleted.
    #[error("no such user")]
    NoUser,
    /// There is no such request that waits for this person to do this with it.
    #[error("no such friend request")]
    NoRequest,
    /// They are no friends.
    #[error("they are not your friend")]
    NoFriend,
    /// They are friends.
    #[error("they are your friend already")]
    AlreadyFriends,
    /// A request of this person waits for its answer.
    #[error("you have asked them already: wait for their answer, or cancel the request")]
    AlreadyAsked,
    /// The one who asks has blocked the other: said to nobody else.
    #[error("you have blocked them: unblock them first")]
    Blocked,
    /// The other takes no requests of this person: too many wait, or they blocked them; which of the two is not told.
    #[error("they take no friend requests at present")]
    Unwilling,
    /// There are as many as there may be.
    #[error("{0}")]
    TooMany(Bound),
    /// The database did not do it.
    #[error(transparent)]
    Database(DbError),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(#[from] Internal),
}

/// What there are too many of. See [`crate::SocialSettings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bound {
    /// Friends of the one who acts.
    #[error("you have as many friends as one may have: remove one first")]
    Friends,
    /// Friends of the other.
    #[error("they have as many friends as one may have")]
    TheirFriends,
    /// Requests of the one who acts that wait for an answer.
    #[error("too many of your friend requests wait for an answer: cancel one first")]
    Requests,
    /// People whom the one who acts blocks.
    #[error("you have blocked as many people as one may: unblock one first")]
    Blocks,
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::NoUser | Self::NoRequest | Self::NoFriend => Code::ResourceNotFound,
            Self::AlreadyFriends | Self::AlreadyAsked | Self::TooMany(_) => Code::Conflict,
            Self::Blocked => Code::Blocked,
            Self::Unwilling => Code::Forbidden,
            Self::Database(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some(name) if name.ends_with("_id_fkey") => Self::NoUser,
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
