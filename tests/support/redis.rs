//! A Redis of a test's own, which may be stopped, emptied and killed; and several of them that belong together.

mod cluster;
mod sentinel;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use redis::{FromRedisValue, RedisResult};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

pub use cluster::RedisCluster;
pub use sentinel::RedisSentinels;

use crate::PATIENCE;

/// The name of its Unix socket, in its directory.
const SOCKET: &str = "redis.sock";
/// The password of servers that have one.
const PASSWORD: &str = "of-the-servers";

/// A server that keeps nothing on disk. Killed when it is dropped.
#[derive(Debug)]
pub struct Redis {
    process: Child,
    /// 0: it listens at its Unix socket alone.
    port: u16,
    /// It asks for [`PASSWORD`].
    guarded: bool,
    arguments: Vec<String>,
    /// Where it works, for as long as it does.
    directory: TempDir,
}

impl Redis {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let redis = Self::launch(false, &[]);
        redis.until_ready().await;
        redis
    }

    /// Starts one that is reached through [a proxy](crate::Proxy) before its Unix socket.
    pub async fn start_at_socket() -> Self {
        let redis = Self::launch_at(0, false, &[]);
        redis.until_ready().await;
        redis
    }

    /// Begins to start one with settings of its own, and a password if it is to have one.
    fn launch(guarded: bool, own: &[(&str, &str)]) -> Self {
        Self::launch_at(free_port(), guarded, own)
    }

    fn launch_at(port: u16, guarded: bool, own: &[(&str, &str)]) -> Self {
        let (port_text, directory) = (port.to_string(), tempfile::tempdir().unwrap());
        let all = [("port", port_text.as_str()), ("bind", "127.0.0.1"), ("unixsocket", SOCKET)];
        let all = all.into_iter().chain([("save", ""), ("appendonly", "no")]);
        let password = [("requirepass", PASSWORD), ("masterauth", PASSWORD)];
        let password = password.into_iter().filter(|_| guarded);
        let settings = all.chain([("dir", directory.path().to_str().unwrap())]).chain(password);
        let arguments = settings.chain(own.iter().copied());
        let arguments = arguments.flat_map(|(name, value)| [format!("--{name}"), value.into()]).collect();
        Self { process: spawn(&arguments), port, guarded, arguments, directory }
    }

    /// Its major version; `None` when it is not installed.
    fn version() -> Option<u32> {
        let output = Command::new("redis-server").arg("--version").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.split_once("v=")?.1.split('.').next()?.parse().ok()
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let password = if self.guarded { format!(":{PASSWORD}@") } else { String::new() };
        format!("redis://{password}127.0.0.1:{}/", self.port)
    }

    /// Its Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(SOCKET)
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Stops the process where it is: connections stay open, and nothing is answered.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Forgets everything.
    pub async fn wipe(&self) {
        self.ask::<()>(&["FLUSHALL"]).await.unwrap();
    }

    /// Ends the process at once: connections break, new ones are refused.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again after [`Self::kill`], empty, on the same port.
    pub async fn start_again(&mut self) {
        self.process = spawn(&self.arguments);
        self.until_ready().await;
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    async fn until_ready(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.ask::<String>(&["PING"]).await.is_err() {
            assert!(Instant::now() < deadline, "Redis never answers");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The answer to a command.
    pub async fn ask<T: FromRedisValue>(&self, words: &[&str]) -> RedisResult<T> {
        let password = if self.guarded { format!("?pass={PASSWORD}") } else { String::new() };
        let url = format!("redis+unix://{}{password}", self.socket().display());
        let mut conn = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
        let mut command = redis::Cmd::new();
        command.arg(words);
        command.query_async(&mut conn).await
    }

    /// How often it was given a command by this name.
    pub async fn calls(&self, command: &str) -> u64 {
        let stats = self.ask::<String>(&["INFO", "commandstats"]).await.unwrap();
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(arguments: &Vec<String>) -> Child {
    let mut command = Command::new("redis-server");
    command.args(arguments).stdout(Stdio::null());
    command.spawn().expect("redis-server is in PATH: `cargo xtask services start` sees to it")
}

/// A port that nobody listens at. Not one of those that the system gives to connections: between now and the server's start
/// it would give it away.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 18_000;
    // Other programs that run tests begin elsewhere.
    let begin = u16::try_from(std::process::id() % 1_800).unwrap() * 10;
    (0..COUNT)
        .map(|_| FIRST + begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("some port is free")
}
