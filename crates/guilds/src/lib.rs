#![doc = include_str!("../README.md")]

mod access;
mod cache;
mod error;
pub mod event;
pub mod input;
mod model;
mod permissions;
mod policy;
mod schema;
mod service;
mod sight;
mod store;
mod view;

pub use error::{Bound, Error};
pub use model::ChannelKind;
pub use permissions::{Held, Standing};
pub use policy::{CHANNELS_MAX, HELD_MAX, JOINED_MAX, OVERWRITES_MAX, OWNED_MAX, ROLES_MAX};
pub use service::{Guilds, Joined, MembersLimit, NewMember};
pub use sight::Sight;
pub use view::{
    ChannelView, InviterView, MemberView, OverwriteKind, OverwriteView, OwnedView, PreviewView, RoleView,
    ServerView,
};
