#![doc = include_str!("../README.md")]

mod access;
pub mod audit;
mod error;
pub mod event;
pub mod input;
mod model;
mod permissions;
mod policy;
pub mod record;
mod schema;
mod service;
mod sight;
mod store;
mod view;

pub use error::{Bound, Error};
pub use model::ChannelKind;
pub use permissions::{Held, Standing};
pub use policy::{
    CHANNELS_MAX, CodeForm, HELD_MAX, INVITE_CODE, INVITES_MAX, JOINED_MAX, OVERWRITES_MAX, OWNED_MAX,
    ROLES_MAX,
};
pub use service::{
    Bench, DiscoverLimit, Farewell, Guilds, InviteBook, Joined, MembersLimit, NewMember, Place, Updated,
    Which,
};
pub use service::{bench, facts};
pub use sight::Sight;
pub use store::bans::Ban;
pub use view::{
    ChannelView, InviteView, InviterView, MemberView, NewcomerView, OverwriteKind, OverwriteView, OwnedView,
    PreviewView, PublicView, RoleView, ServerInfo, ServerView,
};
