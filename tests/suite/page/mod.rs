//! The page at `/`: how it is served, and people who use it in a real browser.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod chat;
mod letters;
mod providers;
mod second_factor;
mod served;
mod talker;
mod visitor;
mod voice;
