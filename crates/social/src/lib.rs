#![doc = include_str!("../README.md")]

mod error;
pub mod event;
pub mod input;
mod model;
mod relationship;
mod schema;
mod service;
mod settings;
pub mod sql;
mod store;
mod view;

pub use error::{Bound, Error};
pub use model::{Block, Direction, Friend};
pub use service::{BlocksLimit, FriendsLimit, OnBlock, Relationships, RequestsLimit, Social};
pub use settings::SocialSettings;
pub use view::{BlockedView, RequestStatus, RequestView};
