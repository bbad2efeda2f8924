//! What is shown of links, and what is never fetched for it.

mod fetching;
mod messages;
mod site;
