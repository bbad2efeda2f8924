//! Running a program on a file that came from a stranger: with a limit on its time, memory and files, behind everything
//! else, without our environment and, where the system lets us, without a network.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::tools::Tools;
use crate::settings::ConvertSettings;

/// Bytes that one file may have that a program writes.
pub(super) const FILE_MAX: u64 = 536_870_912;
/// Files that a program may have open.
const FILES: u32 = 64;
/// Bytes of its complaints that are kept.
const WORDS: usize = 2_048;
/// Bytes that are read at once.
const PIECE: usize = 65_536;

/// Why a program did not do what it was to do.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The file is no good, or took too much; what was said of it.
    Refused(String),
    /// It could not be run. Not the file's fault.
    Fault(std::io::Error),
}

/// What reads a program's output; false: no more of it.
pub(super) type Reader<'a> = &'a mut (dyn FnMut(&[u8]) -> bool + Send);

/// Runs programs. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Sandbox {
    tools: Tools,
    memory: u64,
    seconds: u64,
    niceness: u8,
    /// Whether the network can be taken from a program here.
    isolates: Arc<OnceCell<bool>>,
}

impl Sandbox {
    pub(super) fn new(tools: Tools, settings: &ConvertSettings) -> Self {
        Self {
            tools,
            memory: settings.memory(),
            seconds: settings.timeout_s,
            niceness: settings.niceness,
            isolates: Arc::default(),
        }
    }

    /// Runs ffmpeg in `folder`.
    ///
    /// # Errors
    /// As [`Trouble`] says.
    pub(super) async fn ffmpeg(
        &self,
        folder: &Path,
        words: &[String],
        deadline: Instant,
        read: Reader<'_>,
    ) -> Result<(), Trouble> {
        self.run(&self.tools.ffmpeg, folder, words, deadline, read).await
    }

    /// Runs ffprobe in `folder`.
    ///
    /// # Errors
    /// As [`Trouble`] says.
    pub(super) async fn ffprobe(
        &self,
        folder: &Path,
        words: &[String],
        deadline: Instant,
        read: Reader<'_>,
    ) -> Result<(), Trouble> {
        self.run(&self.tools.ffprobe, folder, words, deadline, read).await
    }

    async fn run(
        &self,
        program: &Path,
        folder: &Path,
        words: &[String],
        deadline: Instant,
        read: Reader<'_>,
    ) -> Result<(), Trouble> {
        let mut child = self.command(program, folder, words).await.spawn().map_err(Trouble::Fault)?;
        let outcome = timeout_at(deadline, listen(&mut child, read)).await;
        if !matches!(outcome, Ok(Ok(()))) {
            // Waits until it is gone: its folder is removed next.
            let _ = child.kill().await;
        }
        outcome.unwrap_or_else(|_| Err(Trouble::Refused("it took too long".into())))
    }

    /// The programs before the one that is meant become the next one each, so that there is one process to be killed.
    async fn command(&self, program: &Path, folder: &Path, words: &[String]) -> Command {
        let mut command = Command::new(&self.tools.prlimit);
        command
            .arg(format!("--as={}", self.memory))
            .arg(format!("--cpu={}", self.seconds.saturating_mul(4)))
            .arg(format!("--fsize={FILE_MAX}"))
            .arg(format!("--nofile={FILES}"))
            .arg("--core=0")
            .arg(&self.tools.nice)
            .arg("-n")
            .arg(self.niceness.to_string());
        if let Some(unshare) = self.isolating().await {
            command.arg(unshare).args(ISOLATED);
        }
        command.arg(program).args(words.iter().map(OsStr::new));
        command
            .current_dir(folder)
            // Our settings, with the secrets among them, may be in the environment.
            .env_clear()
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// The program that takes the network away, where it works: containers often forbid it.
    async fn isolating(&self) -> Option<&Path> {
        let unshare = self.tools.unshare.as_deref()?;
        let works = self.isolates.get_or_init(|| async {
            let mut attempt = Command::new(unshare);
            attempt
                .args(ISOLATED)
                .arg("true")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let works = attempt.kill_on_drop(true).status().await.is_ok_and(|status| status.success());
            if !works {
                tracing::warn!(
                    "ffmpeg cannot be kept from the network by the system here; only its own options keep it"
                );
            }
            works
        });
        (*works.await).then_some(unshare)
    }
}

/// A user of the same rights, in a network of its own that leads nowhere.
const ISOLATED: [&str; 3] = ["--map-current-user", "--net", "--"];

/// Reads all that the program says until it ends.
async fn listen(child: &mut Child, read: Reader<'_>) -> Result<(), Trouble> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (output, said) = tokio::join!(drain(stdout, read), tail(stderr));
    output?;
    let status = child.wait().await.map_err(Trouble::Fault)?;
    if status.success() {
        return Ok(());
    }
    match said.trim() {
        "" => Err(Trouble::Refused(status.to_string())),
        said => Err(Trouble::Refused(format!("{status}: {said}"))),
    }
}

async fn drain(stdout: Option<impl AsyncRead + Unpin>, read: Reader<'_>) -> Result<(), Trouble> {
    let Some(mut stdout) = stdout else { return Ok(()) };
    let mut piece = vec![0; PIECE];
    loop {
        let length = stdout.read(&mut piece).await.map_err(Trouble::Fault)?;
        let some = piece.get(..length).unwrap_or_default();
        if some.is_empty() {
            return Ok(());
        }
        if !read(some) {
            return Err(Trouble::Refused("it said too much".into()));
        }
    }
}

/// The last that it said.
async fn tail(stderr: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stderr) = stderr else { return String::new() };
    let (mut said, mut piece) = (Vec::new(), vec![0; PIECE]);
    while let Ok(length) = stderr.read(&mut piece).await {
        let some = piece.get(..length).unwrap_or_default();
        if some.is_empty() {
            break;
        }
        said.extend_from_slice(some);
        let over = said.len().saturating_sub(WORDS);
        said.drain(..over);
    }
    String::from_utf8_lossy(&said).into_owned()
}
