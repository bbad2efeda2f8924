//! Ports that are free, and stay the same from one start to the next.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use super::secret;
use crate::fail::{Failure, Outcome};

/// Where ports are picked: below those the system hands out to outgoing connections.
const LOWEST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// The port remembered in `file`.
pub(super) fn remembered(file: &Path) -> Option<u16> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// The port remembered in `file` if it is free, else a new one that is remembered from now on.
pub(super) fn choose(file: &Path) -> Outcome<u16> {
    if let Some(port) = remembered(file).filter(|port| is_free(*port)) {
        return Ok(port);
    }
    for _ in 0..100 {
        let port = LOWEST + u16::from_le_bytes(secret::random()?) % COUNT;
        if is_free(port) {
            secret::write(file, &port.to_string())?;
            return Ok(port);
        }
    }
    Err(Failure::new("found no free port on 127.0.0.1 between 20000 and 32000: stop some servers"))
}

/// Whether nobody listens there.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
