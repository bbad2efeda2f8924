#![doc = include_str!("../README.md")]

mod access;
mod error;
pub mod event;
pub mod input;
mod model;
mod policy;
mod schema;
mod service;
mod store;
mod view;

pub use error::{Bound, Error};
pub use model::ChannelKind;
pub use policy::{CHANNELS_MAX, JOINED_MAX, OWNED_MAX};
pub use service::{Guilds, Joined, MembersLimit, NewMember};
pub use view::{ChannelView, InviterView, MemberView, OwnedView, PreviewView, ServerView};
