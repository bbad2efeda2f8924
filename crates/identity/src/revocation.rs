//! Sessions and API keys that stopped to work before their time, as far as this process knows.
//!
//! A revocation is a row. The process that writes it tells the others on the bus; each also reads the recent rows again
//! and again, so that a lost event delays it by seconds and no more. Checking a token needs neither.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use chrono::TimeDelta;
use kernel::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A session was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    /// The session, or what stands for it: the API key.
    pub session_id: SessionId,
    /// Whose it was.
    pub user_id: UserId,
}

/// Rows may become visible a little after the time that they carry: that much is read twice.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);

#[derive(Clone, Debug, Default)]
pub(crate) struct Revoked(Arc<RwLock<State>>);

#[derive(Debug, Default)]
struct State {
    /// Each with the moment of its revocation: a token's lifetime later it can be forgotten.
    sessions: HashMap<SessionId, Timestamp>,
    /// The latest revocation that was read.
    read_to: Option<Timestamp>,
}

impl Revoked {
    pub(crate) fn contains(&self, session: SessionId) -> bool {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).sessions.contains_key(&session)
    }

    /// Notes a revocation; whether it is news.
    pub(crate) fn add(&self, session: SessionId, at: Timestamp) -> bool {
        self.state().sessions.insert(session, at).is_none()
    }

    /// From when on to read rows: everything that can still matter at first, then what is new.
    pub(crate) fn read_from(&self, now: Timestamp, lifetime: TimeDelta) -> Timestamp {
        let oldest = now.plus(-lifetime);
        let read_to = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).read_to;
        read_to.map_or(oldest, |at| at.plus(-OVERLAP).max(oldest))
    }

    /// Rows were read. Forgets those whose tokens have expired by themselves.
    pub(crate) fn read(&self, latest: Option<Timestamp>, now: Timestamp, lifetime: TimeDelta) {
        let mut state = self.state();
        state.read_to = state.read_to.max(latest);
        state.sessions.retain(|_, at| at.plus(lifetime) > now);
    }

    fn state(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn a_revocation_is_forgotten_when_its_token_would_have_expired() {
        let (env, revoked) = (Env::system(), Revoked::default());
        let (session, now, day) = (env.id(), env.now(), TimeDelta::hours(24));
        assert_eq!(revoked.read_from(now, day), now.plus(-day));
        assert!(revoked.add(session, now) && !revoked.add(session, now));
        revoked.read(Some(now), now, day);
        assert_eq!(revoked.read_from(now, day), now.plus(-OVERLAP));
        assert!(revoked.contains(session));
        revoked.read(None, now.plus(day), day);
        assert!(!revoked.contains(session));
    }
}
