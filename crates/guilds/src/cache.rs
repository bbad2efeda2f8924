//! What this process remembers of access: grants, and the newest version of each scope that it has heard of.
//!
//! Nothing rests on it being right. A grant carries its version, and whoever uses one of these compares that with the
//! scope's under the fence; see docs/decisions/0014. Versions that are heard only make useless tries rare.

use kernel::{ChannelId, Fence, Grant, ScopeId, UserId, Version};
use quick_cache::sync::Cache;

/// Grants that are remembered; about 150 bytes each. Those that were not used for long go first.
const GRANTS: usize = 100_000;
/// Scopes whose version is remembered.
const SCOPES: usize = 100_000;

#[derive(Debug)]
pub(crate) struct Grants {
    grants: Cache<(UserId, ChannelId), Grant>,
    versions: Cache<ScopeId, Version>,
}

impl Default for Grants {
    fn default() -> Self {
        Self { grants: Cache::new(GRANTS), versions: Cache::new(SCOPES) }
    }
}

impl Grants {
    /// What was remembered, unless a newer version of its scope was heard of.
    pub(crate) fn recall(&self, user: UserId, channel: ChannelId) -> Option<Grant> {
        let grant = self.grants.get(&(user, channel))?;
        let newest = self.versions.get(&grant.scope());
        Some(grant).filter(|grant| newest.is_none_or(|newest| newest <= grant.version()))
    }

    pub(crate) fn remember(&self, channel: ChannelId, grant: Grant) {
        self.grants.insert((grant.user(), channel), grant);
    }

    pub(crate) fn forget(&self, user: UserId, channel: ChannelId) {
        self.grants.remove(&(user, channel));
    }

    pub(crate) fn heard(&self, fence: Fence) {
        if self.versions.get(&fence.scope).is_none_or(|known| known < fence.version) {
            self.versions.insert(fence.scope, fence.version);
        }
    }
}
