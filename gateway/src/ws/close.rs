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

    /// Its close code and a name, as they are counted: few, whatever clients send. 1005 and 1006 stand for codes that no
    /// frame has (RFC 6455, section 7.4.1).
    pub(crate) const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Unauthenticated => ("4001", "unauthenticated"),
            Self::Nonsense => ("4002", "nonsense"),
            Self::Revoked => ("4003", "revoked"),
            Self::RateLimited => ("4008", "rate_limited"),
            Self::TooSlow => ("4009", "too_slow"),
            Self::GoingAway => ("1001", "going_away"),
            Self::Binary => ("1003", "binary"),
            Self::NotUtf8 => ("1007", "not_utf8"),
            Self::TooLarge => ("1009", "too_large"),
            Self::Protocol => ("1002", "protocol"),
            Self::ByClient(Some(1000)) => ("1000", "by_client"),
            Self::ByClient(Some(1001)) => ("1001", "by_client"),
            Self::ByClient(Some(_)) => ("other", "by_client"),
            Self::ByClient(None) => ("1005", "by_client"),
            Self::Silent => ("1006", "silent"),
        }
    }

    /// All labels that there are.
    pub(crate) fn labels() -> impl Iterator<Item = (&'static str, &'static str)> {
        let of_clients = [Some(1000), Some(1001), Some(0)].map(Self::ByClient);
        Self::TOLD.into_iter().chain(of_clients).chain([Self::Silent]).map(Self::label)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_that_is_counted_is_the_one_that_is_sent() {
        for reason in CloseReason::TOLD {
            let sent = u16::from(reason.frame().unwrap().code).to_string();
            let counted = reason.label().0;
            assert_eq!(counted, if reason == CloseReason::ByClient(None) { "1005" } else { &sent });
        }
    }
}
