//! A master, two replicas, and three sentinels that watch them.

use std::fmt::Write;
use std::process::{Child, Command, Stdio};

use futures_util::future::join_all;
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

use super::{PASSWORD, Redis, free_port};
use crate::eventually;

/// What the sentinels call the master.
const MASTER: &str = "guildhall";
/// The password of the sentinels.
const SENTINELS_PASSWORD: &str = "of-the-sentinels";
/// How long a server may be silent before it counts as dead, milliseconds.
const SILENCE_MS: u32 = 1_000;

/// Three servers and their sentinels. They end when this is dropped.
#[derive(Debug)]
pub struct RedisSentinels {
    /// The master and the replicas, as they were at the beginning.
    pub nodes: [Redis; 3],
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
        let of = format!("127.0.0.1 {}", master.port);
        let replica = || Redis::launch(true, &[("replicaof", &of)]);
        let nodes = [master, replica(), replica()];
        join_all(nodes.iter().map(Redis::until_ready)).await;
        eventually("the replicas are in step", async || {
            let state = nodes[0].ask::<String>(&["INFO", "replication"]).await.unwrap();
            state.matches("state=online").count() == 2
        })
        .await;
        let sentinels = (0..3).map(|_| Sentinel::launch(nodes[0].port)).collect();
        let started = Self { nodes, sentinels };
        for sentinel in &started.sentinels {
            eventually("the sentinels know each other and the replicas", async || sentinel.is_ready().await)
                .await;
        }
        started
    }

    /// Which of the servers is the master, as the sentinels say.
    pub async fn master(&self) -> usize {
        let mut conn = self.sentinels[0].connection().await.unwrap();
        let mut ask = redis::cmd("SENTINEL");
        ask.arg("GET-MASTER-ADDR-BY-NAME").arg(MASTER);
        let (_, port) = ask.query_async::<(String, u16)>(&mut conn).await.unwrap();
        self.nodes.iter().position(|node| node.port == port).unwrap()
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

    async fn connection(&self) -> RedisResult<MultiplexedConnection> {
        redis::Client::open(self.url())?.get_multiplexed_async_connection().await
    }

    /// Whether it knows the replicas and enough sentinels to replace the master.
    async fn is_ready(&self) -> bool {
        let Ok(mut conn) = self.connection().await else { return false };
        let mut replicas = redis::cmd("SENTINEL");
        let replicas = replicas.arg("REPLICAS").arg(MASTER).query_async::<Vec<redis::Value>>(&mut conn).await;
        let mut quorum = redis::cmd("SENTINEL");
        let quorum = quorum.arg("CKQUORUM").arg(MASTER).query_async::<String>(&mut conn).await;
        let all = |words: String| words.contains("3 usable");
        replicas.is_ok_and(|replicas| replicas.len() == 2) && quorum.is_ok_and(all)
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
