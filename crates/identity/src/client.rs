//! What a login is told to come from.

use std::net::IpAddr;

/// How much of what a client says of itself is kept.
const DEVICE_MAX: usize = 200;

/// Who is at the other end, for the list of sessions and for security notices. Nothing is proved by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    device: Option<String>,
    address: Option<IpAddr>,
}

impl Client {
    /// A client that calls itself `device` (a browser's `User-Agent`; control characters go, 200 characters stay) and
    /// calls from `address`.
    pub fn new(device: Option<&str>, address: Option<IpAddr>) -> Self {
        let clean = |device: &str| device.chars().filter(|c| !c.is_control()).take(DEVICE_MAX).collect();
        Self { device: device.map(clean), address }
    }

    /// What it calls itself.
    pub fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    /// Where it calls from.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }
}
