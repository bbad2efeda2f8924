//! API keys: what other programs call with.
//!
//! A key stands where an access token would. What it opens (requests, sockets) is ended by revocations, as that of a
//! session is: for them its id is a session's.

mod body;
mod known;
mod view;

pub use body::ApiKeyBody;
pub use view::{ApiKeyView, Revealed};

pub(crate) use body::NewKey;
pub(crate) use known::{Found, KEPT, KnownKeys};
pub(crate) use view::ApiKey;

/// What every key begins with.
pub(crate) const PREFIX: &str = "ghk_";
/// Characters of a key that are shown later.
const SHOWN: usize = 12;

/// As much of a key as its owner needs to know which it is.
pub(crate) fn shown(key: &str) -> String {
    key.chars().take(SHOWN).collect()
}
