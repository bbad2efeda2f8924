//! A Redis of a test's own, which may be stopped, emptied and killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::time::{Instant, sleep};

use crate::PATIENCE;

/// The name of its Unix socket, in its directory.
const SOCKET: &str = "redis.sock";

/// A server that keeps nothing on disk. Killed when it is dropped.
#[derive(Debug)]
pub struct Redis {
    process: Child,
    /// 0: it listens at its Unix socket alone.
    port: u16,
    directory: TempDir,
}

impl Redis {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        // Free again before Redis wants it: in one expression the listener would live until Redis answers.
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        Self::at(port).await
    }

    /// Starts one that is reached through [a proxy](crate::Proxy) before its Unix socket.
    pub async fn start_at_socket() -> Self {
        Self::at(0).await
    }

    async fn at(port: u16) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let redis = Self { process: launch(port, &directory), port, directory };
        redis.until_ready().await;
        redis
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
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
        assert_eq!(self.say("FLUSHALL").await.as_deref(), Some("+OK"));
    }

    /// Ends the process at once: connections break, new ones are refused.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again after [`Self::kill`], empty, on the same port.
    pub async fn start_again(&mut self) {
        self.process = launch(self.port, &self.directory);
        self.until_ready().await;
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    async fn until_ready(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.say("PING").await.as_deref() != Some("+PONG") {
            assert!(Instant::now() < deadline, "Redis never answers");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The first line of the answer to a command.
    async fn say(&self, command: &str) -> Option<String> {
        let mut stream = UnixStream::connect(self.socket()).await.ok()?;
        stream.write_all(format!("{command}\r\n").as_bytes()).await.ok()?;
        let mut answer = vec![0; 64];
        let size = stream.read(&mut answer).await.ok()?;
        Some(str::from_utf8(&answer[..size]).ok()?.lines().next()?.to_string())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn launch(port: u16, directory: &TempDir) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.args(["--unixsocket", SOCKET]).arg("--dir").arg(directory.path()).stdout(Stdio::null());
    command.spawn().expect("redis-server is in PATH: `cargo xtask services start` sees to it")
}
