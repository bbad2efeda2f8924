//! Use cases that cross crates. Both doors, HTTP and WebSocket, call them.

pub(crate) mod accounts;
pub(crate) mod calls;
pub(crate) mod channels;
pub(crate) mod conversations;
pub(crate) mod erasure;
pub(crate) mod export;
pub(crate) mod friends;
pub(crate) mod letters;
pub(crate) mod marks;
pub(crate) mod media;
mod mentions;
pub(crate) mod messages;
pub(crate) mod place;
pub(crate) mod presence;
pub(crate) mod previews;
pub(crate) mod recordings;
pub(crate) mod reports;
pub(crate) mod scheduled;
pub(crate) mod search;
pub(crate) mod second_factor;
pub(crate) mod servers;
pub(crate) mod stats;
pub(crate) mod transcript;
pub(crate) mod users;
pub(crate) mod voice;
