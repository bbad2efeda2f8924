//! Creating the cluster.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::account::Account;
use super::super::home::Home;
use super::super::secret;
use super::binaries::Binaries;
use crate::fail::{Context as _, Outcome};
use crate::{process, progress};

/// The version that made the cluster, if there is one.
pub(super) fn major(cluster: &Path) -> Option<u32> {
    fs::read_to_string(cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Creates the cluster unless it exists.
///
/// It is made under another name first, so that one that was interrupted is not taken for a whole one.
pub(super) fn create(home: &Home, account: &Account, binaries: &Binaries) -> Outcome {
    let cluster = super::cluster(home);
    if cluster.exists() {
        return Ok(());
    }
    let unfinished = home.postgres().join("cluster.new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).context(|| format!("could not delete {}", unfinished.display()))?;
    }
    let password = secret::password(&super::password_file(home, "postgres"))?;
    progress::during(&format!("initialising PostgreSQL for {}", home.profile), || {
        // The password must not be among the arguments, which everybody may read; and initdb wants a file,
        // which the servers' account can open: the shell passes ours on.
        let mut shell = account.command("sh");
        shell.args([
            "-c",
            r#"umask 077; cat > "$2.password"; "$1" --pgdata="$2" --pwfile="$2.password" "$3" \
            --username=postgres --auth=scram-sha-256 --encoding=UTF8 --no-sync --no-instructions; \
            status=$?; rm -f "$2.password"; exit $status"#,
            "initdb",
        ]);
        shell.arg(binaries.program("initdb")).arg(&unfinished).arg(format!("--locale={}", locale()));
        process::feed(&mut shell, &password)
    })?;
    fs::rename(&unfinished, &cluster).context(|| format!("could not rename {}", unfinished.display()))
}

/// The locale that knows UTF-8 and no country, if the system has it.
fn locale() -> &'static str {
    let known = process::capture(Command::new("locale").arg("-a")).unwrap_or_default();
    if known.lines().any(|name| name == "C.utf8" || name == "C.UTF-8") { "C.UTF-8" } else { "C" }
}
