//! Queries, by subject. They take a connection, never the pool.

pub(crate) mod accounts;
pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod devices;
pub(crate) mod email_changes;
pub(crate) mod email_codes;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod factors;
pub(crate) mod oauth;
pub(crate) mod password_resets;
pub(crate) mod phones;
pub(crate) mod profiles;
pub(crate) mod proofs;
pub(crate) mod recovery_codes;
pub(crate) mod retired;
pub(crate) mod sealed;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod stats;
pub(crate) mod users;
