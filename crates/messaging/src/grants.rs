//! What a crate that proves access remembers of it: grants, and the newest version of each scope that it has heard of.
//!
//! Nothing rests on it being right. A grant carries its version, and whoever uses one of these compares that with the
//! scope's under the fence; see docs/decisions/0014. Versions that are heard only make useless tries rare.

use kernel::{Fence, Grant, ScopeId, TimelineId, UserId, Version};
use quick_cache::sync::Cache;

/// Grants that are remembered; about 150 bytes each. Those that were not used for long go first.
const GRANTS: usize = 100_000;
/// Scopes whose version is remembered.
const SCOPES: usize = 100_000;

/// Grants that were made lately.
#[derive(Debug)]
pub struct Grants {
    grants: Cache<(UserId, TimelineId), Grant>,
    versions: Cache<ScopeId, Version>,
}

impl Default for Grants {
    fn default() -> Self {
        Self { grants: Cache::new(GRANTS), versions: Cache::new(SCOPES) }
    }
}

impl Grants {
    /// What was remembered, unless a newer version of its scope was heard of.
    pub fn recall(&self, user: UserId, timeline: TimelineId) -> Option<Grant> {
        let grant = self.grants.get(&(user, timeline))?;
        let newest = self.versions.get(&grant.scope());
        Some(grant).filter(|grant| newest.is_none_or(|newest| newest <= grant.version()))
    }

    /// Remembers a grant.
    pub fn remember(&self, grant: Grant) {
        self.grants.insert((grant.user(), grant.timeline()), grant);
    }

    /// Forgets what was remembered.
    pub fn forget(&self, user: UserId, timeline: TimelineId) {
        self.grants.remove(&(user, timeline));
    }

    /// A scope has this version: grants of an older one are not recalled any more.
    pub fn heard(&self, fence: Fence) {
        if self.versions.get(&fence.scope).is_none_or(|known| known < fence.version) {
            self.versions.insert(fence.scope, fence.version);
        }
    }
}
