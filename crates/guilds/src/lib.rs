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
mod store;
mod view;
mod visibility;

pub use error::{Bound, Error};
pub use model::ChannelKind;
pub use permissions::{Held, Membership};
pub use policy::{
    CHANNELS_MAX, CodeForm, HELD_MAX, INVITE_CODE, INVITES_MAX, JOINED_MAX, OVERWRITES_MAX, OWNED_MAX,
    ROLES_MAX,
};
pub use service::{
    DiscoverLimit, Guilds, InviteBook, Joined, LockedGuild, MemberFilter, MembersLimit, NewMember, Place,
    RemovalNotice, Updated,
};
pub use service::{facts, locked};
pub use store::bans::Ban;
pub use view::{
    ChannelView, InviteView, InviterView, MemberView, NewcomerView, OverwriteKind, OverwriteView, OwnedView,
    PreviewView, PublicView, RoleView, ServerInfo, ServerView,
};
pub use visibility::VisibleChannels;
