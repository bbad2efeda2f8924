//! Compares what everybody tried and was told with the database. Pure, so that it can be shown to complain.

mod known;
mod reads;
mod writes;

use std::fmt;

use uuid::Uuid;

use super::history::{Client, Timeline, Truth};

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub broken: Broken,
    /// To whom.
    pub user: Uuid,
    /// Where.
    pub timeline: Timeline,
    /// The rest, in words.
    pub words: String,
}

/// What a promise can be broken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// A client stands behind a change that it was not told.
    Lost,
    /// A change was told twice.
    Twice,
    /// A change was told behind a later one.
    OutOfOrder,
    /// Something was told before there was access.
    LeakedBeforeAccess,
    /// Something was told that was committed after access was lost.
    LeakedAfterLoss,
    /// A change was acknowledged and is not there.
    AcknowledgedButAbsent,
    /// A change was refused and is there.
    RefusedButPresent,
    /// One send made two messages.
    WrittenTwice,
    /// Something is there that nobody tried.
    Unexplained,
    /// What a client knows is not what the database says.
    Diverged,
    /// When all was over a client did not get to the end.
    LeftBehind,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: user {}, timeline {}: {}", self.broken, self.user, self.timeline, self.words)
    }
}

/// Everything that is wrong; empty when all promises were kept. Everybody in `clients` must be able to see all timelines
/// at the end, and have had the time to hear all.
pub fn check(clients: &[Client], truth: &Truth) -> Vec<Violation> {
    let mut found = writes::check(clients, truth);
    for client in clients {
        found.extend(reads::check(client, truth));
    }
    found
}
