//! Queries, by subject. They take a connection, never the pool; batch only.

pub(crate) mod audit;
pub(crate) mod bans;
pub(crate) mod channels;
pub(crate) mod discover;
pub(crate) mod guilds;
pub(crate) mod invites;
pub(crate) mod members;
pub(crate) mod memberships;
pub(crate) mod moderators;
pub(crate) mod overwrites;
pub(crate) mod roles;
pub(crate) mod roster;
pub(crate) mod silences;
