//! A PostgreSQL of a test's own, which may be killed. It keeps what it has acknowledged, whatever happens to it.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Where Debian and Ubuntu have their versions side by side, outside of PATH.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Recovery included, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// What it is called inside: it listens at a Unix socket of this number alone.
const PORT: &str = "5432";
/// Its user, with all rights and no password: nobody else reaches the socket's directory.
const USER: &str = "guildhall";

/// A server with all that makes it durable. Killed when it is dropped.
#[derive(Debug)]
pub struct Postgres {
    process: Child,
    programs: Programs,
    directory: TempDir,
}

/// The programs of one installed PostgreSQL, and who runs them.
#[derive(Debug)]
struct Programs {
    directory: PathBuf,
    /// PostgreSQL refuses to run as root: another user and group then.
    account: Option<(u32, u32)>,
}

impl Postgres {
    /// Makes a cluster and starts it. None where PostgreSQL's server programs cannot be found, or nobody can run them.
    pub async fn start() -> Option<Self> {
        let programs = Programs::find()?;
        let directory = tempfile::tempdir().unwrap();
        if let Some((user, group)) = programs.account {
            chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        programs.make_cluster(directory.path());
        let process = programs.launch(directory.path());
        let mut postgres = Self { process, programs, directory };
        postgres.until_ready().await;
        Some(postgres)
    }

    /// The URL of one of its databases, past every proxy.
    pub fn url(&self, database: &str) -> String {
        let host = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{host}:{PORT}/{database}")
    }

    /// The URL of one of its databases by another way.
    pub fn url_through(&self, proxy: &crate::Proxy, database: &str) -> String {
        format!("postgres://{USER}@{}/{database}", proxy.address)
    }

    /// Its Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(format!(".s.PGSQL.{PORT}"))
    }

    /// The number of its first process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends all its processes at once, as a failing machine would but for what the system's cache keeps.
    pub fn kill(&mut self) {
        let pid = self.process.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        // The first one first: it would put a new one in the place of another.
        self.process.kill().unwrap();
        for child in children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?)) {
            let _ = kill_process(child, Signal::KILL);
        }
        self.process.wait().unwrap();
    }

    /// Starts it again after [`Self::kill`], and waits until it has recovered.
    pub async fn start_again(&mut self) {
        self.process = self.programs.launch(self.directory.path());
        self.until_ready().await;
    }

    async fn until_ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let url = self.url("postgres");
        while AsyncPgConnection::establish(&url).await.is_err() {
            assert!(Instant::now() < deadline, "PostgreSQL does not start: {}", self.log());
            // The processes of the one before hold on to its memory for a moment.
            if self.process.try_wait().unwrap().is_some() {
                self.process = self.programs.launch(self.directory.path());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.process.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.kill();
        }
    }
}

impl Programs {
    fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
        let mut debian = versions.map(|version| version.path().join("bin")).collect::<Vec<_>>();
        debian.sort();
        let mut known = std::env::split_paths(&path).chain(debian.into_iter().rev());
        let directory = known.find(|directory| {
            ["initdb", "postgres"].iter().all(|program| directory.join(program).is_file())
        })?;
        let account = if rustix::process::geteuid().is_root() { Some(account()?) } else { None };
        Some(Self { directory, account })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.directory.join(program));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
        command.stdin(Stdio::null());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    fn make_cluster(&self, directory: &Path) {
        let mut command = self.command("initdb");
        command.arg("--pgdata").arg(directory.join("cluster")).args(["--username", USER, "--auth=trust"]);
        command.args(["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]);
        let made = command.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    fn launch(&self, directory: &Path) -> Child {
        let log = File::options().create(true).append(true).open(directory.join("log")).unwrap();
        let mut command = self.command("postgres");
        command.arg("-D").arg(directory.join("cluster")).arg("-k").arg(directory).args(["-p", PORT]);
        for setting in ["listen_addresses=", "fsync=on", "synchronous_commit=on", "full_page_writes=on"] {
            command.args(["-c", setting]);
        }
        command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }
}

/// The user and group of PostgreSQL's package.
fn account() -> Option<(u32, u32)> {
    let ask = |option| {
        let told = Command::new("id").args([option, "postgres"]).output().ok()?;
        String::from_utf8(told.stdout).ok()?.trim().parse().ok()
    };
    Some((ask("-u")?, ask("-g")?))
}
