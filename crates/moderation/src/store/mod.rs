//! Queries, by subject. They take a connection, never the pool.

pub(crate) mod automod;
pub(crate) mod purges;
pub(crate) mod reports;
pub(crate) mod tallies;
pub(crate) mod warnings;
