//! What can go wrong with an import.

use std::io;
use std::path::{Path, PathBuf};

use kernel::Denied;

/// Why an import stopped. What was written before stays; the same import again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file or directory cannot be read.
    #[error("could not read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A directory has no logs.
    #[error("there is no log in {}: logs there are called DATE.raw.txt; name other files one by one", .0.display())]
    NoLogs(PathBuf),
    /// Nothing says which day a log is of.
    #[error(
        "the name of {} does not start with the day that it is of: \
         call it as in 2006-06-01.txt, or give the day with --date 2006-06-01",
        .0.display()
    )]
    NoDate(PathBuf),
    /// Two logs have the same name, by which their messages are known again.
    #[error(
        "there are two logs called {0}, and a channel can have one: \
         rename one of them, or import them into two channels, one after the other"
    )]
    SameName(String),
    /// A line of a reply file is none.
    #[error(
        "line {line} of {} should be two line numbers and a dash, as in `17 21 -`; \
         correct it, or move the file away to import the log without replies",
        path.display()
    )]
    BadReply {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There is no such account.
    #[error("there is no account {0}: give an existing username with --owner, or leave it out")]
    NoOwner(String),
    /// The account that owns archives is somebody's who can log in.
    #[error("the account {0} belongs to somebody: say with --owner whose the server shall be")]
    OwnerTaken(String),
    /// The owner may not import into this channel.
    #[error("the owner may not import into this channel: {0}; choose another with --owner")]
    Denied(#[from] Denied),
    /// Accounts could not be found or made.
    #[error("accounts: {0}")]
    Identity(#[from] identity::Error),
    /// The server could not be found, made or filled.
    #[error("server: {0}")]
    Guilds(#[from] guilds::Error),
    /// Messages could not be written.
    #[error("messages: {0}")]
    Messaging(#[from] messaging::Error),
}

impl ImportError {
    /// Puts the path to an error that does not know it.
    pub(super) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Unreadable { path, source }
    }
}
