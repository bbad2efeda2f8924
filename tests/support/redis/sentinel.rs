//! A master, its replica, and three sentinels that watch them.

use std::fmt::Write;
use std::process::{Child, Command, Stdio};

use futures_util::future::join_all;
use tempfile::TempDir;

use super::{PASSWORD, Redis, free_port};
use crate::eventually;

/// What the sentinels call the master.
const MASTER: &str = "guildhall";
/// The password of the sentinels.
const SENTINELS_PASSWORD: &str = "of-the-sentinels";
/// How long a server may be silent before it counts as dead, milliseconds.
const SILENCE_MS: u32 = 1_000;

/// Two servers and their sentinels. They end when this is dropped.
#[derive(Debug)]
pub struct RedisSentinels {
    /// The master and the replica, as they were at the beginning.
    pub nodes: [Redis; 2],
    sentinels: Vec<Sentinel>,
}

#[derive(Debug)]
struct Sentinel {
    process: Child,
    port: u16,
    /// It writes down there what it knows.
    _directory: TempDir,
}

impl RedisSentinels {
    /// Starts them.
    pub async fn start() -> Self {
        let master = Redis::launch(true, &[]);
        let replica = Redis::launch(true, &[("replicaof", &format!("127.0.0.1 {}", master.port))]);
        join_all([&master, &replica].map(Redis::until_ready)).await;
        eventually("the replica is in step", async || {
            let state = master.ask::<String>(&["INFO", "replication"]).await.unwrap();
            state.contains("state=online")
        })
        .await;
        let sentinels = (0..3).map(|_| Sentinel::launch(master.port)).collect();
        let started = Self { nodes: [master, replica], sentinels };
        for sentinel in &started.sentinels {
            eventually("the sentinels know each other and the replica", async || sentinel.is_ready().await)
                .await;
        }
        started
    }

    /// The settings by which they are reached.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        let urls = self.sentinels.iter().map(Sentinel::url).collect::<Vec<_>>().join(",");
        [
            ("redis.mode", "sentinel".into()),
            ("redis.sentinel.urls", urls),
            ("redis.sentinel.master", MASTER.into()),
            ("redis.sentinel.password", PASSWORD.into()),
        ]
    }
}

impl Sentinel {
    fn launch(master: u16) -> Self {
        let (port, directory) = (free_port(), tempfile::tempdir().unwrap());
        let mut settings = format!("port {port}\nbind 127.0.0.1\ndir {}\n", directory.path().display());
        writeln!(settings, "requirepass {SENTINELS_PASSWORD}\nsentinel sentinel-pass {SENTINELS_PASSWORD}")
            .unwrap();
        writeln!(settings, "sentinel monitor {MASTER} 127.0.0.1 {master} 2").unwrap();
        writeln!(settings, "sentinel auth-pass {MASTER} {PASSWORD}").unwrap();
        writeln!(settings, "sentinel down-after-milliseconds {MASTER} {SILENCE_MS}").unwrap();
        writeln!(settings, "sentinel failover-timeout {MASTER} 2000").unwrap();
        let path = directory.path().join("sentinel.conf");
        std::fs::write(&path, settings).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&path).arg("--sentinel").stdout(Stdio::null());
        Self { process: command.spawn().unwrap(), port, _directory: directory }
    }

    fn url(&self) -> String {
        format!("redis://:{SENTINELS_PASSWORD}@127.0.0.1:{}", self.port)
    }

    /// Whether it knows the replica and enough sentinels to replace the master.
    async fn is_ready(&self) -> bool {
        let Ok(client) = redis::Client::open(self.url()) else { return false };
        let Ok(mut conn) = client.get_multiplexed_async_connection().await else { return false };
        let mut replicas = redis::cmd("SENTINEL");
        let replicas = replicas.arg("REPLICAS").arg(MASTER).query_async::<Vec<redis::Value>>(&mut conn).await;
        let mut quorum = redis::cmd("SENTINEL");
        let quorum = quorum.arg("CKQUORUM").arg(MASTER).query_async::<String>(&mut conn).await;
        let all = |words: String| words.contains("3 usable");
        replicas.is_ok_and(|replicas| !replicas.is_empty()) && quorum.is_ok_and(all)
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
