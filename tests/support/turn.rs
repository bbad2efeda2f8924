//! A TURN server of a test's own: coturn, with the configuration that `docs/voice.md` recommends.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::browser::in_path;
use crate::process::guildhall;
use crate::{PATIENCE, TlsFront};

/// Set to 1 where a TURN server must be there: then a test without one fails.
const REQUIRED: &str = "GUILDHALL_REQUIRE_COTURN";

/// What the test's server and the product have in common.
pub const TURN_SECRET: &str = "a secret of coturn and the product, for tests";

/// Where it relays. Another address of this machine than it listens at, because that one is to be denied.
const RELAY: &str = "127.0.0.2";

/// A STUN request that anybody may make.
const BINDING: [u8; 20] = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// A server on this machine, by UDP and TCP, and by TLS one port further. Ends when it is
/// dropped.
#[derive(Debug)]
pub struct TurnServer {
    process: Child,
    port: u16,
    _directory: TempDir,
}

impl TurnServer {
    /// Starts one as recommended, that may relay between its own addresses though they are loopback ones, without the
    /// lines that begin with one of `without`, and with those of `with`. `None`, with a printed word, where there is no
    /// coturn.
    pub async fn start(without: &[&str], with: &[&str]) -> Option<Self> {
        let Some(binary) = in_path("turnserver") else {
            assert!(
                std::env::var(REQUIRED).map_or(true, |value| value != "1"),
                "{REQUIRED} is set, and there is no turnserver in PATH"
            );
            // Not by a macro: of a test that passes that would not be seen.
            let _ = writeln!(std::io::stderr(), "skipped: no turnserver in PATH (the package coturn has it)");
            return None;
        };
        for _ in 0..5 {
            let port = port();
            let directory = tempfile::tempdir().expect("a directory for coturn");
            let file = directory.path().join("turnserver.conf");
            std::fs::write(&file, configuration(port, without, with)).expect("a file");
            let mut command = Command::new(&binary);
            command.arg("-c").arg(&file).current_dir(&directory).stdout(Stdio::null()).stderr(Stdio::null());
            let process = command.spawn().expect("coturn starts");
            let mut server = Self { process, port, _directory: directory };
            if server.is_up(with).await {
                return Some(server);
            }
        }
        panic!("coturn did not start");
    }

    /// Its address over UDP or TCP.
    pub fn turn(&self, transport: &str) -> String {
        format!("turn:127.0.0.1:{}?transport={transport}", self.port)
    }

    /// Its address over TLS.
    pub fn turns(&self) -> String {
        format!("turns:127.0.0.1:{}?transport=tcp", self.port + 1)
    }

    /// Its address as a STUN server.
    pub fn stun(&self) -> String {
        format!("stun:127.0.0.1:{}", self.port)
    }

    /// Whether coturn's own client is relayed to itself by UDP with these credentials.
    pub async fn relays_for(&self, username: &str, credential: &str) -> bool {
        let client = in_path("turnutils_uclient").expect("it comes with turnserver");
        let mut command = tokio::process::Command::new(client);
        command.args(["-u", username, "-w", credential, "-p", &self.port.to_string()]);
        // From one address to another, without RTCP, three messages.
        command.args(["-y", "-c", "-n", "3", "-m", "1", "127.0.0.1"]).kill_on_drop(true);
        let output = timeout(PATIENCE * 2, command.output()).await.expect("it ends").expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout);
        output.status.success() && told.contains("tot_recv_msgs=6")
    }

    /// Whether it answers, or will not: its port may be somebody's.
    async fn is_up(&mut self, with: &[&str]) -> bool {
        let mut ports = vec![self.port];
        if !with.contains(&"no-tls") {
            ports.push(self.port + 1);
        }
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            if self.process.try_wait().expect("a process").is_some() {
                return false;
            }
            if answers(self.port).await && listens(&ports).await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What `guildhall voice doctor` says of these servers: whether all is well, and what it found. It trusts the authority
/// of the tests' certificates.
pub async fn doctor(binary: &str, stun: &[&str], turn: &[&str], secret: &str) -> (bool, Value) {
    let (stun, turn) = (stun.join(","), turn.join(","));
    let settings = [
        ("database.url", "postgres://nobody@localhost/nothing"),
        ("redis.url", "redis://localhost/"),
        ("identity.token_secret", "a secret for tests, of more than 32 characters"),
        ("identity.keys", crate::KEY),
        ("voice.ice.stun", &stun),
        ("voice.ice.turn", &turn),
        ("voice.ice.secret", secret),
    ];
    let mut command = guildhall(binary, &settings);
    command.args(["voice", "doctor", "--json"]).env("SSL_CERT_FILE", TlsFront::ca_file()).kill_on_drop(true);
    let output = timeout(PATIENCE * 4, command.output()).await.expect("it ends").expect("it runs");
    let told = serde_json::from_slice(&output.stdout);
    let told = told.unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.success(), told)
}

/// The configuration of `docs/voice.md`, on this machine.
fn configuration(port: u16, without: &[&str], with: &[&str]) -> String {
    let page = include_str!("../../docs/voice.md");
    let (_, rest) = page.split_once("```conf\n").expect("a configuration");
    let (recommended, _) = rest.split_once("```").expect("its end");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/support/tls");
    let ours = [
        ("listening-port=", port.to_string()),
        ("tls-listening-port=", (port + 1).to_string()),
        ("static-auth-secret=", TURN_SECRET.to_string()),
        ("cert=", format!("{folder}/server.pem")),
        ("pkey=", format!("{folder}/server.key")),
    ];
    let mut lines = Vec::new();
    for line in recommended.lines() {
        let own = ours.iter().find(|(name, _)| line.starts_with(name));
        lines.push(own.map_or_else(|| line.to_string(), |(name, value)| format!("{name}{value}")));
    }
    lines.extend([
        "listening-ip=127.0.0.1".to_string(),
        format!("relay-ip={RELAY}"),
        format!("allowed-peer-ip={RELAY}"),
        "allow-loopback-peers".into(),
        "relay-threads=1".into(),
        "userdb=turndb".into(),
        "pidfile=turnserver.pid".into(),
        "log-file=stdout".into(),
    ]);
    lines.retain(|line| !without.iter().any(|start| line.starts_with(start)));
    lines.extend(with.iter().map(ToString::to_string));
    lines.join("\n")
}

/// A port with the next one, below those that the system hands out.
fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let ours = u16::try_from(std::process::id() % 997).expect("a small number");
    10_000 + (ours * 20 + NEXT.fetch_add(2, Ordering::Relaxed)) % 22_000
}

async fn answers(port: u16) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let asked = async {
        socket.connect(("127.0.0.1", port)).await?;
        socket.send(&BINDING).await?;
        socket.recv(&mut [0; 512]).await
    };
    timeout(Duration::from_millis(200), asked).await.is_ok_and(|answer| answer.is_ok())
}

async fn listens(ports: &[u16]) -> bool {
    for port in ports {
        if TcpStream::connect(("127.0.0.1", *port)).await.is_err() {
            return false;
        }
    }
    true
}
