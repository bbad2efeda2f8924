//! What can go wrong with files.

use std::sync::Arc;

use backbone::db::DbError;
use kernel::{Code, Failure, Internal, Invalid};
use serde_json::{Value, json};

/// An error of this crate.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The file has more bytes than its kind may have.
    #[error("the file is too large: {what} may have {limit} bytes")]
    TooLarge {
        /// What was too large, in the plural.
        what: &'static str,
        /// Bytes that it may have.
        limit: u64,
    },
    /// The picture has more pixels than a picture may have.
    #[error("the picture is too large: it may have {limit} pixels")]
    TooManyPixels {
        /// Pixels that it may have.
        limit: u64,
    },
    /// What is in the file may not be uploaded.
    #[error("this file cannot be taken: {0}")]
    Type(&'static str),
    /// Malware was found in the file.
    #[error("this file cannot be taken: {0} was found in it")]
    Infected(String),
    /// The file could not be looked at for malware.
    #[error("files cannot be looked at for malware at this moment; try again in a few minutes")]
    Unscanned(#[source] Arc<Internal>),
    /// The user's files take all the room that they may.
    #[error("your files take all the room that they may: {limit} bytes")]
    Quota {
        /// Bytes that they may take.
        limit: u64,
    },
    /// Clients do not reach the store of this installation.
    #[error("files go through this server here: send them to POST /api/upload")]
    NotDirect,
    /// There is no such upload that could be completed.
    #[error("no such upload, or its time is over")]
    NoUpload,
    /// The upload cannot be completed at this moment.
    #[error("{0}")]
    Early(&'static str),
    /// There is no such file, or the asker may not know that there is.
    #[error("no such file, or you may not see it")]
    NoFile,
    /// The file belongs to a message.
    #[error("the file belongs to a message: delete the message")]
    Claimed,
    /// The range begins behind the file's end.
    #[error("the file has {0} bytes")]
    Range(u64),
    /// As many uploads are under way as there is room for.
    #[error("too many uploads at this moment; try again in a few seconds")]
    Busy,
    /// The place where the bytes are kept did not answer as it should.
    #[error("the file store is not available; try again in a few seconds")]
    Storage(#[source] Arc<Internal>),
    /// The database did not do it.
    #[error(transparent)]
    Database(Arc<DbError>),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(Arc<Internal>),
}

impl Error {
    /// What the store, or the disk, said.
    pub(crate) fn storage(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Storage(Arc::new(Internal::new(cause)))
    }
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::TooLarge { .. } | Self::TooManyPixels { .. } => Code::FileTooLarge,
            Self::Type(_) | Self::Infected(_) => Code::InvalidFileType,
            Self::Quota { .. } => Code::QuotaExceeded,
            Self::NoFile | Self::NoUpload => Code::ResourceNotFound,
            Self::Claimed | Self::NotDirect | Self::Early(_) => Code::Conflict,
            Self::Range(_) => Code::RangeNotSatisfiable,
            Self::Busy | Self::Storage(_) | Self::Unscanned(_) => Code::Unavailable,
            Self::Database(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::TooLarge { limit, .. } | Self::Quota { limit } => Some(json!({ "bytes": limit })),
            Self::TooManyPixels { limit } => Some(json!({ "pixels": limit })),
            Self::Infected(found) => Some(json!({ "malware": found })),
            Self::Range(length) => Some(json!({ "length": length })),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<Internal> for Error {
    fn from(fault: Internal) -> Self {
        Self::Internal(Arc::new(fault))
    }
}
