//! What can go wrong with messages.

use backbone::db::DbError;
use kernel::{Code, Denied, Failure, Internal, Invalid, Timestamp};
use serde_json::{Value, json};

/// An error of this crate.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such message, or the caller may not see it.
    #[error("no such message, or you may not see it")]
    NoMessage,
    /// There is no such channel or conversation any more.
    #[error("no such channel, or you may not see it")]
    NoTimeline,
    /// Only the author may do it.
    #[error("only its author may change a message")]
    NotTheAuthor,
    /// It is too late to change the message.
    #[error("a message can be changed for {hours} hours only, and this one is older")]
    TooLate {
        /// The time that there was.
        hours: i64,
    },
    /// A [`Screen`](crate::Screen) does not let it through.
    #[error("{reason}")]
    Blocked {
        /// What its author is told.
        reason: String,
        /// Until when they may not write because of it.
        until: Option<Timestamp>,
    },
    /// The message has as many different emoji as it can have.
    #[error("a message has at most {most} different emoji")]
    TooManyEmoji {
        /// How many that is.
        most: i16,
    },
    /// The place has as many pinned messages as it can have.
    #[error("at most {most} messages can be pinned here: unpin one first")]
    TooManyPins {
        /// How many that is.
        most: i64,
    },
    /// The files of the server take all the room that they may.
    #[error("the files of this server take all the room that they may: {limit} bytes")]
    NoRoom {
        /// Bytes that they may take.
        limit: u64,
    },
    /// The scope's access changed since the grant was made: authorise again, and try again a few times.
    #[error("your access changed just now; try again")]
    Stale,
    /// More changes wait than will be written soon.
    #[error("too many messages are being sent; try again in a few seconds")]
    Busy,
    /// There is no such scheduled message of the caller's.
    #[error("no such scheduled message")]
    NoScheduled,
    /// It was sent, could not be sent, or is being sent at this moment.
    #[error("it is too late: the message was sent, cancelled, or is being sent")]
    Settled,
    /// Too many wait already.
    #[error("you have {max} scheduled messages already; cancel one, or wait until one was sent")]
    TooManyScheduled {
        /// How many may wait.
        max: i64,
    },
    /// A search took too long.
    #[error("the search took too long; add a word, or narrow it with from:, in:, before: or after:")]
    TooBroad,
    /// The database did not do it. Shared by all changes of a batch.
    #[error(transparent)]
    Database(std::sync::Arc<DbError>),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(std::sync::Arc<Internal>),
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Denied(denied) => denied.code(),
            Self::NoMessage | Self::NoTimeline | Self::NoScheduled => Code::ResourceNotFound,
            Self::NotTheAuthor | Self::TooLate { .. } => Code::Forbidden,
            Self::Blocked { .. } => Code::MessageBlocked,
            Self::Stale | Self::TooManyEmoji { .. } | Self::TooManyPins { .. } => Code::Conflict,
            Self::Settled | Self::TooManyScheduled { .. } => Code::Conflict,
            Self::NoRoom { .. } => Code::QuotaExceeded,
            Self::Busy | Self::TooBroad => Code::Unavailable,
            Self::Database(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::Denied(denied) => denied.details(),
            Self::Blocked { reason, until } => Some(json!({ "reason": reason, "timedOutUntil": until })),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        Self::Database(error.into())
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<Internal> for Error {
    fn from(error: Internal) -> Self {
        Self::Internal(error.into())
    }
}
