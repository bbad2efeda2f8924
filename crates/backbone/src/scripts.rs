//! State in Redis that is only touched by scripts, each of which is one step for all gateways.

use std::time::Duration;

use kernel::Internal;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};
use tokio::sync::OnceCell;

pub use redis::{FromRedisValue, Script};

use crate::bus::RedisSettings;

/// How long Redis may take for a script.
const PATIENCE: Duration = Duration::from_secs(2);

/// A part of Redis under a prefix of its own, and the connection to it. Connects when it is asked for something.
pub struct Scripts {
    client: Client,
    conn: OnceCell<ConnectionManager>,
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
    /// What stands under `name`, such as `voice:`.
    ///
    /// # Errors
    /// The URL is malformed, or the file of the private authority cannot be read.
    pub fn new(settings: &RedisSettings, name: &str) -> Result<Self, Internal> {
        let prefix = format!("{}{name}", settings.prefix);
        Ok(Self { client: settings.client()?, conn: OnceCell::new(), prefix })
    }

    /// Runs a script: `ARGV[1]` is the prefix, then come the arguments.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn call<T: FromRedisValue>(&self, script: &Script, args: &[String]) -> Result<T, Down> {
        let mut call = script.arg(&self.prefix);
        for arg in args {
            call.arg(arg);
        }
        let mut conn = self.conn().await?;
        Ok(call.invoke_async(&mut conn).await?)
    }

    async fn conn(&self) -> Result<ConnectionManager, Down> {
        let connect = || {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE))
                .set_number_of_retries(1);
            self.client.get_connection_manager_with_config(config)
        };
        Ok(self.conn.get_or_try_init(connect).await?.clone())
    }
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scripts").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
