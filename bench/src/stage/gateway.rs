//! A process that serves.

use std::fs::{self, File};
use std::net::SocketAddrV4;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::fail::{Context as _, Failure, Outcome};

/// How long it may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process of ours, ended with this value.
#[derive(Debug)]
pub(crate) struct Gateway {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddrV4,
}

impl Gateway {
    /// Starts it with what it says going to `log`, and waits until it says where it serves.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Outcome<Self> {
        let doing = || format!("could not write {}", log.display());
        let file = File::create(log).context(doing)?;
        let both = file.try_clone().context(doing)?;
        command.stdin(Stdio::null()).stdout(Stdio::from(file)).stderr(Stdio::from(both));
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().context(|| format!("could not run {program}"))?;
        // From here on it is ended whatever happens.
        let mut gateway = Self { child, address: SocketAddrV4::new([127, 0, 0, 1].into(), 0) };
        let since = Instant::now();
        loop {
            let said = fs::read_to_string(log).unwrap_or_default();
            if let Some(address) = address(&said) {
                gateway.address = address;
                return Ok(gateway);
            }
            let ended = gateway.child.try_wait().ok().flatten();
            if ended.is_some() || since.elapsed() > PATIENCE {
                return Err(Failure::new(format!("{program} did not start, it said: {}", said.trim())));
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let told = pid.is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok());
        let since = Instant::now();
        while told && since.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in "… serves on http://127.0.0.1:8080/ (…", once the line has come that far.
fn address(said: &str) -> Option<SocketAddrV4> {
    let (_, rest) = said.split_once("serves on http://")?;
    rest.split_once(" (")?.0.trim_end_matches('/').parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_address_is_found() {
        let said = "x\nGuildhall serves on http://127.0.0.1:4711/ (open it in a browser)\n";
        assert_eq!(super::address(said), Some("127.0.0.1:4711".parse().unwrap()));
        let peer = "Socket.IO serves on http://127.0.0.1:4711 (process 7)\n";
        assert_eq!(super::address(peer), Some("127.0.0.1:4711".parse().unwrap()));
        assert_eq!(super::address("Guildhall serves on http://127.0.0.1:47"), None);
        assert_eq!(super::address("starting"), None);
    }
}
