//! The tests: one binary, because linking many is slow.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod automod;
mod calls;
mod chaos;
mod contract;
mod demo;
mod dm;
mod guilds;
mod http;
mod ice;
mod import;
mod jobs;
mod limits;
mod mail;
mod media;
mod messages;
mod moderation;
mod monitoring;
mod page;
mod presence;
mod previews;
mod realtime;
mod redis;
mod rfc6455;
mod rights;
mod scheduled;
mod search;
mod social;
mod transactions;
mod voice;

// The product's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
