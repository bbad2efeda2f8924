//! A real store that speaks S3 and checks signatures: Garage, one node of it, in a folder of its own.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use crate::browser::in_path;
use crate::sigv4::Keys;

/// Where the program is, when it is not in the PATH.
const PROGRAM: &str = "GUILDHALL_GARAGE";
/// Set to 1 where it must be there: then a test without it fails.
const REQUIRED: &str = "GUILDHALL_REQUIRE_GARAGE";

/// Garage makes sure that keys look like its own.
pub(crate) const KEYS: Keys = Keys {
    access: "GK000102030405060708090a0b",
    secret: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    region: "garage",
};
/// The bucket that it begins with.
pub(crate) const BUCKET: &str = "files";

/// A store with an empty bucket. Ends when it is dropped.
#[derive(Debug)]
pub struct Garage {
    process: Child,
    port: u16,
    directory: TempDir,
}

impl Garage {
    /// Starts one. `None`, with a printed word, where it is not installed.
    pub async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os(PROGRAM).or_else(|| in_path("garage").map(OsString::from))
        else {
            assert!(
                std::env::var(REQUIRED).map_or(true, |value| value != "1"),
                "{REQUIRED} is set, and there is no garage in PATH, and {PROGRAM} does not say where it is"
            );
            // Not by a macro: of a test that passes that would not be seen.
            let _ = writeln!(
                std::io::stderr(),
                "skipped: no garage in PATH or {PROGRAM} (cargo install garage --version 2.5.0 --locked)"
            );
            return None;
        };
        for _ in 0..5 {
            let mut garage = Self::launch(&program).await;
            if garage.is_up().await {
                return Some(garage);
            }
        }
        panic!("garage did not start");
    }

    async fn launch(program: &OsString) -> Self {
        let directory = tempfile::tempdir().expect("a folder for garage");
        // Both at once, so that they differ.
        let (one, other) = (free().await, free().await);
        let (port, rpc) = (port(&one), port(&other));
        drop((one, other));
        let folder = directory.path().display();
        let configuration = format!(
            "metadata_dir = \"{folder}/meta\"\ndata_dir = \"{folder}/data\"\ndb_engine = \"sqlite\"\n\
             replication_factor = 1\nrpc_bind_addr = \"127.0.0.1:{rpc}\"\nrpc_public_addr = \"127.0.0.1:{rpc}\"\n\
             rpc_secret = \"{}\"\n[s3_api]\ns3_region = \"{}\"\napi_bind_addr = \"127.0.0.1:{port}\"\n",
            KEYS.secret, KEYS.region
        );
        let file = directory.path().join("garage.toml");
        std::fs::write(&file, configuration).expect("a file");
        let mut command = Command::new(program);
        command.arg("-c").arg(&file).args(["server", "--single-node", "--default-bucket"]);
        command.env("GARAGE_DEFAULT_ACCESS_KEY", KEYS.access).env("GARAGE_DEFAULT_SECRET_KEY", KEYS.secret);
        command.env("GARAGE_DEFAULT_BUCKET", BUCKET).env("RUST_LOG", "garage=warn");
        let said = std::fs::File::create(directory.path().join("said")).expect("a file");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        Self { process: command.spawn().expect("garage starts"), port, directory }
    }

    /// Whether it serves its bucket, sooner or later. Not when somebody else took its port.
    async fn is_up(&mut self) -> bool {
        let http = crate::http().no_proxy().build().expect("a client");
        let deadline = tokio::time::Instant::now() + crate::PATIENCE * 2;
        while tokio::time::Instant::now() < deadline {
            if self.process.try_wait().expect("its state").is_some() {
                return false;
            }
            let list = KEYS.address("GET", &self.url(), &format!("/{BUCKET}"), &[("list-type", "2")]);
            let listens = TcpStream::connect(("127.0.0.1", self.port)).await.is_ok();
            if listens && http.get(list).send().await.is_ok_and(|answer| answer.status() == 200) {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let said = std::fs::read_to_string(self.directory.path().join("said")).unwrap_or_default();
        panic!("garage never served its bucket: {said}");
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Garage {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn free() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().expect("an address").port()
}
