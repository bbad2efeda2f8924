//! Installs system packages where apt can, and says which ones to install where it cannot.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::fail::{Context as _, Failure, Outcome};
use crate::{process, progress, services};

/// Installs the packages that `missing` names; it is asked again when another xtask had the machine first.
pub(crate) fn ensure(root: &Path, missing: impl Fn() -> Vec<&'static str>) -> Outcome {
    if missing().is_empty() {
        return Ok(());
    }
    let file = services::local_directory(root)?.join("install.lock");
    let lock = File::create(&file).context(|| format!("could not create {}", file.display()))?;
    lock.lock().context(|| format!("could not lock {}", file.display()))?;
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    check_rights(&packages)?;
    progress::during(&format!("installing {}", packages.join(", ")), || {
        // Without fresh lists (no network, another apt at work) the old ones may do.
        let updated = process::capture(apt_get().arg("update"));
        let install = ["install", "-y", "--no-install-recommends"];
        match (updated, process::capture(apt_get().args(install).args(&packages))) {
            (_, Ok(_)) => Ok(()),
            (Err(no_update), Err(no_install)) => Err(Failure::new(format!("{no_update}\n{no_install}"))),
            (Ok(_), Err(no_install)) => Err(no_install),
        }
    })
}

/// Fails with what to type when we may not install.
fn check_rights(packages: &[&str]) -> Outcome {
    let named = packages.join(" ");
    if process::in_path("apt-get").is_none() {
        return Err(Failure::new(format!(
            "not installed, and there is no apt here to do it: {named}; \
             install them with the system's package manager, then try again"
        )));
    }
    if services::is_root()? || process::capture(Command::new("sudo").args(["-n", "true"])).is_ok() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "not installed: {named}; run `apt-get install -y {named}` as root, then try again"
    )))
}

/// apt that asks nothing and waits for another apt; through sudo, which drops the environment, unless root.
fn apt_get() -> Command {
    let mut command = if services::is_root().unwrap_or(false) {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]);
    command
}
