//! Which sessions were used lately: written down once a minute, not with every request.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::SessionId;

#[derive(Clone, Debug, Default)]
pub(crate) struct Used(Arc<Mutex<HashSet<SessionId>>>);

impl Used {
    /// The session was used just now.
    pub(crate) fn note(&self, session: SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session);
    }

    /// Those used since this was last asked.
    pub(crate) fn take(&self) -> Vec<SessionId> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}
