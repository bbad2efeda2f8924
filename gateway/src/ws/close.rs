//! Why a session ends, and the close code that says so.

use actix_ws::{CloseCode, ProtocolError};

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Not authenticated, or the token is no longer valid.
    Unauthenticated,
    /// Too many frames that are no JSON object.
    Nonsense,
    /// The session was revoked.
    Revoked,
    /// Over the rate limit for too long.
    RateLimited,
    /// The client reads too slowly.
    TooSlow,
    /// The server stops.
    GoingAway,
    /// A binary frame.
    Binary,
    /// Text that is not UTF-8.
    NotUtf8,
    /// A frame or message over the limit.
    TooLarge,
    /// The frames break RFC 6455.
    Protocol,
    /// The client closes, with this code.
    ByClient(Option<u16>),
    /// The connection is gone, or the client silent: there is nobody to tell.
    Silent,
}

impl CloseReason {
    /// Those that a close frame tells of.
    pub(crate) const TOLD: [Self; 11] = [
        Self::ByClient(None),
        Self::GoingAway,
        Self::Protocol,
        Self::Binary,
        Self::NotUtf8,
        Self::TooLarge,
        Self::Unauthenticated,
        Self::Nonsense,
        Self::Revoked,
        Self::RateLimited,
        Self::TooSlow,
    ];

    /// What the client is to do then.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::ByClient(_) => "Nothing: the client closed, and its own code comes back.",
            Self::GoingAway => {
                "Reconnect after the `delayMs` of the `reconnect` before, or a random moment, and `resume`."
            }
            Self::Protocol | Self::Binary | Self::NotUtf8 | Self::TooLarge | Self::Nonsense => {
                "Do not send this again: the client has a fault."
            }
            Self::Unauthenticated => "Get a fresh token, reconnect and `resume`.",
            Self::Revoked => "Log in again.",
            Self::RateLimited => "Reconnect later, `resume`, and send more slowly.",
            Self::TooSlow => "Reconnect and `resume`: what was not read is replayed.",
            Self::Silent => "Reconnect and `resume`: the connection is gone without a close frame.",
        }
    }

    /// What the close frame says; `None` when none is sent.
    pub(crate) fn frame(self) -> Option<actix_ws::CloseReason> {
        let (code, words) = match self {
            Self::Unauthenticated => {
                (CloseCode::Other(4001), "not authenticated, or the token is no longer valid")
            }
            Self::Nonsense => (CloseCode::Other(4002), "frames must be JSON objects"),
            Self::Revoked => (CloseCode::Other(4003), "the session was ended: log in again"),
            Self::RateLimited => (CloseCode::Other(4008), "too many commands: reconnect and resume"),
            Self::TooSlow => (CloseCode::Other(4009), "too slow: reconnect and resume"),
            Self::GoingAway => (CloseCode::Away, "the server stops: reconnect and resume"),
            Self::Binary => (CloseCode::Unsupported, "frames must be text"),
            Self::NotUtf8 => (CloseCode::Invalid, "text must be UTF-8"),
            Self::TooLarge => (CloseCode::Size, "a frame may have 64 KiB"),
            Self::Protocol => (CloseCode::Protocol, "the frames break RFC 6455"),
            Self::ByClient(Some(code)) => (CloseCode::from(code), ""),
            Self::ByClient(None) => (CloseCode::Normal, ""),
            Self::Silent => return None,
        };
        Some(actix_ws::CloseReason { code, description: (!words.is_empty()).then(|| words.to_string()) })
    }

    /// Whether frames that still wait are sent first.
    pub(crate) fn flushes(self) -> bool {
        !matches!(self, Self::TooSlow | Self::Silent)
    }
}

impl From<&ProtocolError> for CloseReason {
    fn from(error: &ProtocolError) -> Self {
        match error {
            ProtocolError::Overflow => Self::TooLarge,
            _ => Self::Protocol,
        }
    }
}
