//! Redis' settings.

use std::path::Path;

use super::super::home::Home;
use super::super::secret::fingerprint;
use super::talk::Access;

/// What the process' title ends with: by it we know that the server is the one of `home`.
pub(super) fn title(home: &Home) -> String {
    format!("guildhall-{:016x}", fingerprint(&home.redis()))
}

/// The configuration: only for this machine, and without files, for it carries messages and keeps none.
pub(super) fn text(home: &Home, access: &Access) -> String {
    let directory = home.redis();
    format!(
        "bind 127.0.0.1\n\
         port {port}\n\
         requirepass {password}\n\
         daemonize yes\n\
         supervised no\n\
         dir {dir}\n\
         pidfile {pid}\n\
         logfile {log}\n\
         proc-title-template \"{{title}} {{listen-addr}} {title}\"\n\
         save \"\"\n\
         appendonly no\n",
        port = access.port,
        password = access.password,
        dir = quoted(&directory),
        pid = quoted(&super::pid_file(home)),
        log = quoted(&directory.join("server.log")),
        title = title(home),
    )
}

/// A path as one word.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('\\', "\\\\").replace('"', "\\\""))
}
