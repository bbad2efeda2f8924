#![doc = include_str!("../README.md")]

mod client;
mod error;
pub mod input;
mod model;
mod password;
mod refresh;
mod revocation;
mod schema;
mod service;
mod store;
mod token;
mod used;
pub mod username;
mod view;

pub use client::Client;
pub use error::Error;
pub use model::{Login, Session, TokenPair, User, UserCard};
pub use password::HashSettings;
pub use revocation::Revocation;
pub use service::{Identity, IdentitySettings, Newcomer};
pub use view::{SelfView, SessionView, UserView};
