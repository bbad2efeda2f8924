//! Queries, by subject. They take a connection, never the pool; batch only.

pub(crate) mod channels;
pub(crate) mod guilds;
pub(crate) mod members;
pub(crate) mod overwrites;
pub(crate) mod roles;
pub(crate) mod standings;
