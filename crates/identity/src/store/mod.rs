//! Queries, by subject. They take a connection, never the pool.

pub(crate) mod factors;
pub(crate) mod phones;
pub(crate) mod recovery_codes;
pub(crate) mod sealed;
pub(crate) mod sessions;
pub(crate) mod users;
