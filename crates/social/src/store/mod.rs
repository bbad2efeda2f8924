//! Queries. Each function takes a connection, so that its caller decides what is one transaction.

pub(crate) mod blocks;
pub(crate) mod friendships;
pub(crate) mod pair;
pub(crate) mod requests;
