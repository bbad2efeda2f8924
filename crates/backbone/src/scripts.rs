//! State in Redis that is only touched by scripts, each of which is one step for all gateways.

use kernel::Internal;
use redis::RedisError;

pub use redis::FromRedisValue;

pub use crate::redis::Script;
use crate::redis::{Link, RedisSettings};

/// A part of Redis under a prefix of its own, and the connection to it. Connects when it is asked for something. In a
/// cluster all of it is on one node.
pub struct Scripts {
    link: Link,
    prefix: String,
}

/// Redis is not there, or slow, or refuses a script.
#[derive(Debug, thiserror::Error)]
#[error("Redis is not available")]
pub struct Down(#[source] RedisError);

impl From<RedisError> for Down {
    fn from(error: RedisError) -> Self {
        Self(error)
    }
}

impl Scripts {
    /// What stands under `name`, such as `voice`.
    ///
    /// # Errors
    /// A URL is malformed, or the file of the private authority cannot be read.
    pub fn new(settings: &RedisSettings, name: &str) -> Result<Self, Internal> {
        Ok(Self { link: Link::new(settings)?, prefix: settings.part(name) })
    }

    /// Runs a script: `ARGV[1]` is the prefix, then come the arguments. All keys that it touches begin with the prefix,
    /// which is given as a key as well: it tells a cluster where they are.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn call<T: FromRedisValue>(&self, script: &Script, args: &[String]) -> Result<T, Down> {
        let mut call = script.key(&self.prefix);
        call.arg(&self.prefix).arg(args);
        Ok(call.on(&mut &self.link).await?)
    }
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scripts").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
