//! What a browser carries while it is away at a provider: who it is, in a cookie that only gateways can read or write.
//!
//! Nothing is stored for who only begins, so nobody fills a table by beginning.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use kernel::{Env, Internal, Timestamp};
use serde::{Deserialize, Serialize};

/// How long somebody may take at a provider.
pub(crate) const TTL: TimeDelta = TimeDelta::minutes(10);

/// A login that was begun.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(crate) provider: String,
    /// Comes back from the provider with the browser.
    pub(crate) state: String,
    /// Comes back in the id_token.
    pub(crate) nonce: String,
    /// Of PKCE: proves to the provider that who exchanges the code is who began.
    pub(crate) verifier: String,
    /// The frontend's page at which it ends.
    pub(crate) target: String,
    /// SHA-256 of what the frontend will prove with that it began, in base64url.
    pub(crate) challenge: String,
    pub(crate) expires_at: Timestamp,
}

/// Seals flows.
#[derive(Clone)]
pub(crate) struct Flows {
    env: Env,
    key: [u8; 32],
}

impl Flows {
    pub(crate) fn new(env: Env, secret: &str) -> Self {
        let own = hmac::sign(&hmac::Key::new(HMAC_SHA256, secret.as_bytes()), b"guildhall oauth flows");
        let mut key = [0; 32];
        key.iter_mut().zip(own.as_ref()).for_each(|(to, from)| *to = *from);
        Self { env, key }
    }

    /// A flow that begins now.
    pub(crate) fn begin(&self, provider: &str, target: &str, challenge: &str) -> Flow {
        let random = || BASE64URL_NOPAD.encode(&self.env.bytes::<32>());
        Flow {
            provider: provider.into(),
            state: random(),
            nonce: random(),
            verifier: random(),
            target: target.into(),
            challenge: challenge.into(),
            expires_at: self.env.now().plus(TTL),
        }
    }

    /// The flow as a cookie carries it.
    pub(crate) fn seal(&self, flow: &Flow) -> Result<String, Internal> {
        let nonce: [u8; NONCE_LEN] = self.env.bytes();
        let mut text = serde_json::to_vec(flow).map_err(Internal::new)?;
        let sealing = Nonce::assume_unique_for_key(nonce);
        self.cipher()?.seal_in_place_append_tag(sealing, Aad::empty(), &mut text).map_err(Internal::new)?;
        Ok(BASE64URL_NOPAD.encode(&[&nonce[..], &text].concat()))
    }

    /// What [`Self::seal`] made, unless its time is over.
    pub(crate) fn open(&self, sealed: &str) -> Option<Flow> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let (nonce, mut text) = (Nonce::try_assume_unique_for_key(nonce).ok()?, text.to_vec());
        let plain = self.cipher().ok()?.open_in_place(nonce, Aad::empty(), &mut text).ok()?;
        let flow: Flow = serde_json::from_slice(plain).ok()?;
        (flow.expires_at > self.env.now()).then_some(flow)
    }

    fn cipher(&self) -> Result<LessSafeKey, Internal> {
        UnboundKey::new(&AES_256_GCM, &self.key).map(LessSafeKey::new).map_err(Internal::new)
    }
}

impl std::fmt::Debug for Flow {
    /// Without what it proves.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Flows {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flows(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{ManualClock, SystemEntropy};

    use super::*;

    #[test]
    fn a_flow_opens_for_ten_minutes_by_who_has_the_secret_and_unchanged() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000).unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        let flows = Flows::new(env.clone(), "a secret");
        let flow = flows.begin("house", "https://app.example.org/", "x");
        assert!(flow.verifier.len() == 43 && flow.state != flow.nonce && flow.nonce != flow.verifier);
        let sealed = flows.seal(&flow).unwrap();
        assert_eq!(flows.open(&sealed), Some(flow.clone()));
        assert!(Flows::new(env, "another").open(&sealed).is_none());
        for at in [0, 20, sealed.len() - 1] {
            let mut other = sealed.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert!(flows.open(std::str::from_utf8(&other).unwrap()).is_none(), "{at}");
        }
        assert!(flows.open("").is_none() && flows.open("é").is_none());
        clock.advance(TTL);
        assert!(flows.open(&sealed).is_none());
        assert!(!format!("{flow:?} {flows:?}").contains(&flow.state));
    }
}
