//! One of the product's processes, as far as tests look at it.

use std::process::Stdio;

use gateway::Running;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::PATIENCE;

/// One gateway.
#[derive(Debug)]
pub struct Gateway {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// The running server.
    pub running: Option<Running>,
}

impl Gateway {
    /// How many topics its sessions listen to, all together: none, once they are all forgotten.
    pub fn topics(&self) -> usize {
        let running = format!("{:?}", self.running);
        let (_, count) = running.split_once("Hub { topics: ").expect("the gateway runs");
        count.split(',').next().and_then(|count| count.parse().ok()).expect("a number")
    }
}

/// The product's binary with settings for tests.
pub(crate) fn guildhall(binary: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary);
    command.env("GUILDHALL_ENV", "test");
    for (name, value) in settings {
        command.env(format!("GUILDHALL__{}", name.to_uppercase().replace('.', "__")), value);
    }
    command
}

/// A gateway that is a process of its own. Killed when it is dropped.
#[derive(Debug)]
pub struct Process {
    /// `http://127.0.0.1:port`.
    pub url: String,
    child: Child,
    /// Kept open: who writes to a closed one fails.
    _stderr: Lines<BufReader<ChildStderr>>,
}

impl Process {
    /// Starts the product's binary with settings for tests, and waits until it serves.
    pub(crate) async fn start(binary: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = guildhall(binary, settings);
        command.arg("serve").stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let serving = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, rest)) = line.split_once("serves on ") {
                    return rest.split_once("/ ").expect("an address").0.to_string();
                }
            }
            panic!("it ended");
        };
        let url = timeout(PATIENCE, serving).await.expect("it serves");
        Self { url, child, _stderr: lines }
    }

    /// Ends it in the middle of whatever it does, as a failing machine would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Runs the product's binary with settings for tests, arguments and what it reads, until it ends; returns whether it says
/// that all went well, and what it said.
pub(crate) async fn run(
    binary: &str,
    settings: &[(&str, &str)],
    arguments: &[&str],
    input: &str,
) -> (bool, String) {
    let mut command = guildhall(binary, settings);
    command.args(arguments).env_remove("GUILDHALL_ADMIN_PASSWORD");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}
