//! Redis as a cluster, and behind Sentinel.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod cluster;
mod crowd;
mod everything;
mod sentinel;
