//! PostgreSQL's settings.
//!
//! They stand outside of the cluster, because the cluster belongs to the servers' account and we write
//! these at every start.

use std::path::Path;

use super::super::home::Home;
use super::super::profile::Profile;
use super::super::secret;
use crate::fail::Outcome;

/// Only with a password, and only from this machine.
const CLIENTS: &str = "host all all 127.0.0.1/32 scram-sha-256\n";

const DURABLE: &str = "\
max_connections = 200
fsync = on
";

/// What a crash leaves of it is of no use; a new one takes seconds.
const FAST: &str = "\
max_connections = 400
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 8GB
checkpoint_timeout = 30min
autovacuum = on
";

/// Writes the settings for `port` and returns what makes the server read them, quoted for pg_ctl's shell.
pub(super) fn write(home: &Home, port: u16) -> Outcome<String> {
    let settings = home.data.join("postgresql.conf");
    let clients = home.data.join("pg_hba.conf");
    secret::write_for(&clients, CLIENTS, 0o644)?;
    secret::write_for(&settings, &text(home.profile, port, &clients), 0o644)?;
    Ok(format!("-c {}", shell_quoted(&format!("config_file={}", settings.display()))))
}

/// Megabytes of memory that PostgreSQL keeps pages in: a quarter of the machine's, as its manual advises, but for a small or
/// a very large one. What tests make is small.
fn buffers(profile: Profile) -> u64 {
    const SMALL: u64 = 256;
    const LARGE: u64 = 8 * 1024;
    match profile {
        Profile::Test => SMALL,
        Profile::Dev => memory().map_or(SMALL, |all| (all / 4).clamp(SMALL / 2, LARGE)),
    }
}

/// Megabytes of memory of this machine, if the kernel tells.
fn memory() -> Option<u64> {
    let lines = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = lines.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib = total.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kib / 1024)
}

/// The settings. No Unix sockets: their paths may be no longer than 107 bytes.
fn text(profile: Profile, port: u16, clients: &Path) -> String {
    let specific = match profile {
        Profile::Dev => DURABLE,
        Profile::Test => FAST,
    };
    format!(
        "hba_file = '{clients}'\n\
         listen_addresses = '127.0.0.1'\n\
         port = {port}\n\
         unix_socket_directories = ''\n\
         password_encryption = 'scram-sha-256'\n\
         shared_buffers = {buffers}MB\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         default_text_search_config = 'pg_catalog.english'\n\
         {specific}",
        buffers = buffers(profile),
        clients = clients.display().to_string().replace('\'', "''"),
    )
}

/// `word` as one word of a shell.
fn shell_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
