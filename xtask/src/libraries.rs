//! The system's libraries that the product is linked with.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::fail::Outcome;
use crate::{install, process};

/// Installs what is missing: OpenSSL, which `rusoto_s3` speaks TLS with, and the program that finds it.
pub(crate) fn ensure(root: &Path) -> Outcome {
    install::ensure(root, || {
        // Who says where it is has it (what openssl-sys looks at).
        if env::var_os("OPENSSL_DIR").is_some() || is_found() {
            return Vec::new();
        }
        // Without the program it is not known whether the library is there; that it is asked for twice does no harm.
        vec!["pkg-config", "libssl-dev"]
    })
}

fn is_found() -> bool {
    process::in_path("pkg-config").is_some()
        && process::capture(Command::new("pkg-config").args(["--exists", "openssl"])).is_ok()
}
