//! Where the servers of the tests are.

use std::path::Path;

/// The addresses of the test servers.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// PostgreSQL, with a role that may create databases.
    pub database: String,
    /// Redis.
    pub redis: String,
}

impl Endpoints {
    /// From the environment, else from where `cargo xtask services start --profile test` leaves them.
    pub fn find() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.local/test/services.env");
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        let find = |name: &str| {
            let from_file =
                || kept.lines().find_map(|line| Some(line.split_once('=').filter(|(n, _)| *n == name)?.1));
            std::env::var(name).ok().or_else(|| from_file().map(ToString::to_string)).unwrap_or_else(|| {
                panic!(
                    "{name} is not set: run `make test`, or `cargo xtask services start --profile test` first"
                )
            })
        };
        Self { database: find("GUILDHALL__DATABASE__URL"), redis: find("GUILDHALL__REDIS__URL") }
    }

    /// `host:port` of Redis.
    pub fn redis_address(&self) -> &str {
        let (_, rest) = self.redis.rsplit_once('@').expect("the URL has a password");
        rest.trim_end_matches('/')
    }

    /// The URL of Redis by another way.
    pub fn redis_through(&self, proxy: &crate::Proxy) -> String {
        self.redis.replace(self.redis_address(), &proxy.address)
    }

    /// The URL of another database of the same server.
    pub fn database_called(&self, name: &str) -> String {
        let (server, _) = self.database.rsplit_once('/').expect("the URL names a database");
        format!("{server}/{name}")
    }
}
