//! The rules that a process remembers.

use std::sync::Arc;

use backbone::db::Pool;
use kernel::{Grant, Internal, ScopeId, Version};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::Error;
use crate::automod::Ruleset;
use crate::store::automod;

/// Memory for rules, bytes; those that were not needed for long go first. A server without rules takes some two hundred
/// bytes, one with as many as may be two MiB.
const ROOM: u64 = 128 << 20;
/// Scopes that are expected.
const SCOPES: usize = 10_000;

/// Rules by scope, and by the version that a grant says. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Memory(Arc<Cache<(ScopeId, Version), Arc<Ruleset>, Bytes>>);

#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<(ScopeId, Version), Arc<Ruleset>> for Bytes {
    fn weight(&self, _: &(ScopeId, Version), rules: &Arc<Ruleset>) -> u64 {
        u64::try_from(rules.size() + 128).unwrap_or(u64::MAX)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Cache::with_weighter(SCOPES, ROOM, Bytes)))
    }
}

impl Memory {
    /// The rules of the grant's scope: those of its version, or newer ones when it is outdated. Read once a version, by
    /// one of those who need them; a conversation has none, for they hang on guilds.
    pub(super) async fn rules(&self, pool: &Pool, grant: &Grant) -> Result<Arc<Ruleset>, Error> {
        let key = (grant.scope(), grant.version());
        match self.0.get(&key) {
            Some(rules) => Ok(rules),
            None => self.0.get_or_insert_async(&key, read(pool, key)).await,
        }
    }
}

async fn read(pool: &Pool, (scope, known): (ScopeId, Version)) -> Result<Arc<Ruleset>, Error> {
    let mut conn = pool.get().await?;
    let found = automod::at_version(&mut conn, scope).await?;
    let (version, rules) = found.unwrap_or((known, None));
    let rules = rules.map(|rules| rules.0).unwrap_or_default();
    Ruleset::new(version, rules).map(Arc::new).map_err(|error| Internal::new(error).into())
}
