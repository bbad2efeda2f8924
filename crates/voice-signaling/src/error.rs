//! What can go wrong with voice.

use backbone::db::DbError;
use backbone::scripts::Down;
use kernel::{Code, Denied, Failure, Internal, Invalid};
use serde_json::Value;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The channel is hidden, or the right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such session, or the caller is not in it.
    #[error("no such session, or you are not in it")]
    NoSession,
    /// They are not in the session.
    #[error("they are not in this session")]
    NoParticipant,
    /// The caller is there by another device.
    #[error("you are there by another of your devices: join from this one first")]
    OtherDevice,
    /// The caller came, and went somewhere else at the same time.
    #[error("you went somewhere else at the same time")]
    Elsewhere,
    /// There is no room.
    #[error("there is no room left")]
    Full,
    /// There is a call where a huddle was wanted, or the other way round.
    #[error("there is a call already, or a huddle: join that one")]
    AnotherKind,
    /// The caller answered by another device.
    #[error("you have answered by another of your devices")]
    Answered,
    /// Whoever is called is in another call.
    #[error("they are in another call")]
    Busy,
    /// A call was started in a conversation in which nobody else is.
    #[error("nobody else is in this conversation")]
    Nobody,
    /// There is no such call, or it did not concern the caller.
    #[error("no such call")]
    NoCall,
    /// Whoever is to be moved may not be there.
    #[error("they may not connect to that channel")]
    TheyMayNot,
    /// The guilds did not do it.
    #[error(transparent)]
    Guild(#[from] guilds::Error),
    /// The conversations did not do it.
    #[error(transparent)]
    Conversation(#[from] dm::Error),
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DbError),
    /// Redis did not do it.
    #[error(transparent)]
    Down(#[from] Down),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Denied(denied) => denied.code(),
            Self::NoSession | Self::NoParticipant | Self::NoCall => Code::ResourceNotFound,
            Self::OtherDevice
            | Self::Elsewhere
            | Self::Full
            | Self::AnotherKind
            | Self::Answered
            | Self::Nobody => Code::Conflict,
            Self::Busy => Code::Busy,
            Self::TheyMayNot => Code::Forbidden,
            Self::Guild(error) => error.code(),
            Self::Conversation(error) => error.code(),
            Self::Database(error) => error.code(),
            Self::Down(_) => Code::Unavailable,
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::Denied(denied) => denied.details(),
            Self::Guild(error) => error.details(),
            Self::Conversation(error) => error.details(),
            _ => None,
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
