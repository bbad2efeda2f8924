//! Queries, by subject. They take a connection, never the pool; batch only.

pub(crate) mod heads;
pub(crate) mod marks;
pub(crate) mod read;
pub(crate) mod write;
