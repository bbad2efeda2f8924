//! The tables of this crate. Every function takes a connection.

pub(crate) mod conversations;
pub(crate) mod lists;
pub(crate) mod memberships;
pub(crate) mod pairs;
pub(crate) mod participants;
pub(crate) mod settings;
