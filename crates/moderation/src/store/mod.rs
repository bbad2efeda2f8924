//! Queries, by subject. They take a connection, never the pool.

pub(crate) mod purges;
pub(crate) mod reports;
pub(crate) mod warnings;
