#![doc = include_str!("../README.md")]

mod error;
pub mod input;
mod model;
mod password;
mod revocation;
mod schema;
mod service;
mod store;
mod token;
pub mod username;
mod view;

pub use error::Error;
pub use model::{Login, User, UserCard};
pub use password::HashSettings;
pub use revocation::Revocation;
pub use service::{Identity, IdentitySettings, Newcomer};
pub use view::{SelfView, UserView};
