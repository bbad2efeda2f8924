//! Queries, by subject. They take a connection, never the pool; batch only.

pub(crate) mod append;
pub(crate) mod conversations;
pub(crate) mod delivery;
pub(crate) mod edits;
pub(crate) mod heads;
pub(crate) mod hits;
pub(crate) mod marks;
pub(crate) mod mentions;
pub(crate) mod personal;
pub(crate) mod previews;
pub(crate) mod reactions;
pub(crate) mod read;
pub(crate) mod scheduled;
pub(crate) mod search;
pub(crate) mod stats;
pub(crate) mod write;

/// One column of what is to be written, for a statement that takes lists.
fn column<'a, T, U>(items: &'a [T], of: impl Fn(&'a T) -> U) -> Vec<U> {
    items.iter().map(of).collect()
}
