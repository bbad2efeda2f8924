//! Telling whether a process is a server of ours.

use std::fs;

/// A server of ours that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) pid: u32,
    pub(super) port: u16,
}

/// The arguments of a process, which anybody may read; none when it is gone.
///
/// A pid in a file proves nothing: the process may have crashed and its number may be another's now, or the
/// file came with a copy of another checkout.
pub(super) fn arguments(pid: u32) -> Vec<String> {
    let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else {
        return Vec::new();
    };
    line.split(|byte| *byte == 0).map(|argument| String::from_utf8_lossy(argument).into_owned()).collect()
}
