//! Queries, by subject. They take a connection, never the pool.

pub(crate) mod sessions;
pub(crate) mod users;
