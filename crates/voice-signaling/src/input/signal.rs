//! Signals between peers.

use kernel::{Invalid, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

/// Bytes of one signal, as JSON.
pub const SIGNAL_MAX: usize = 48 * 1024;

/// What a signal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignalKind {
    /// A description of what one wants to send and receive.
    Offer,
    /// The answer to an offer.
    Answer,
    /// An answer that may be followed by another one.
    Pranswer,
    /// A way to be reached.
    #[serde(alias = "ice-candidate")]
    Candidate,
    /// One takes an offer back.
    Rollback,
    /// One asks the other for a new offer.
    Renegotiate,
}

/// A signal from peer to peer. It is handed on as it is: nothing in it is looked at but its type.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct SignalData {
    /// What it is.
    pub r#type: SignalKind,
    /// The description, of an offer or an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n")]
    pub sdp: Option<String>,
    /// The way, of a candidate: what `RTCIceCandidate.toJSON()` gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub candidate: Option<Map<String, Value>>,
}

/// A signal, and for whom.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignalBody)]
pub struct SignalBody {
    /// For whom: somebody in the same session.
    pub target_user_id: UserId,
    /// The signal, at most 48 KiB.
    #[serde(alias = "signal")]
    pub signal_data: SignalData,
}

impl SignalData {
    /// The signal, if it has what its type needs and is not too large.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let described = matches!(self.r#type, SignalKind::Offer | SignalKind::Answer | SignalKind::Pranswer);
        if described && self.sdp.is_none() {
            return Err(Invalid::field("signalData.sdp", "must be given"));
        }
        // Measured as it is sent on: escapes count.
        let size = serde_json::to_vec(self).map_or(usize::MAX, |bytes| bytes.len());
        if size > SIGNAL_MAX {
            return Err(Invalid::field("signalData", format!("must be at most {SIGNAL_MAX} bytes")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_what_its_type_needs_and_is_not_too_large() {
        let check = |text: &str| serde_json::from_str::<SignalData>(text).unwrap().check();
        assert!(check(r#"{"type": "offer"}"#).is_err());
        assert!(check(r#"{"type": "offer", "sdp": "v=0"}"#).is_ok());
        assert!(
            check(r#"{"type": "ice-candidate", "candidate": {"candidate": "x", "sdpMid": "0"}}"#).is_ok()
        );
        assert!(check(r#"{"type": "candidate"}"#).is_ok(), "the end of candidates");
        let large = format!(r#"{{"type": "answer", "sdp": "{}"}}"#, "x".repeat(SIGNAL_MAX));
        assert!(check(&large).is_err());
        assert!(serde_json::from_str::<SignalData>(r#"{"type": "spam"}"#).is_err());
    }
}
