//! The real daemon of ClamAV, with a signature of the EICAR test file and no other.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What every scanner takes for malware, and is none: <https://www.eicar.org/download-anti-malware-testfile/>. In two parts, so that
/// no scanner takes this source for it.
pub fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

/// The daemon. Killed when it is dropped.
#[derive(Debug)]
pub struct Clamd {
    process: Child,
    folder: tempfile::TempDir,
}

impl Clamd {
    /// Starts one, if it is installed; else says why the test does nothing.
    pub async fn start() -> Option<Self> {
        let program = ["/usr/sbin/clamd", "/usr/local/sbin/clamd"]
            .into_iter()
            .find(|path| std::path::Path::new(path).exists());
        let Some(program) = program else {
            crate::skipped("clamd is not installed (Debian: apt-get install clamav-daemon)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        // MD5, length and name.
        std::fs::write(path("eicar.hdb"), "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n")
            .expect("a file");
        let settings = format!(
            "Foreground yes\nDatabaseDirectory {}\nLocalSocket {}\nTemporaryDirectory {}\nStreamMaxLength 1M\nMaxThreads 2\n",
            folder.path().display(),
            path("socket"),
            folder.path().display()
        );
        std::fs::write(path("clamd.conf"), settings).expect("a file");
        let mut command = Command::new(program);
        command.arg("-c").arg(path("clamd.conf")).stdout(Stdio::null()).stderr(Stdio::null());
        let clamd = Self { process: command.spawn().expect("clamd"), folder };
        crate::eventually("clamd listens", async || {
            tokio::net::UnixStream::connect(clamd.folder.path().join("socket")).await.is_ok()
        })
        .await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some(clamd)
    }

    /// What an app is to be told.
    pub fn address(&self) -> String {
        format!("unix:{}", self.folder.path().join("socket").display())
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
