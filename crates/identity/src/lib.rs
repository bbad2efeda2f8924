#![doc = include_str!("../README.md")]

mod client;
mod error;
mod factor;
pub mod input;
mod model;
mod password;
mod phone;
mod refresh;
mod revocation;
mod schema;
mod service;
mod sms;
mod store;
mod token;
mod used;
pub mod username;
mod vault;
mod view;

pub use client::Client;
pub use error::Error;
pub use factor::{FactorView, Method};
pub use model::{Login, Session, TokenPair, User, UserCard};
pub use password::HashSettings;
pub use phone::Phone;
pub use revocation::Revocation;
pub use service::{BeginView, FactorSettings, Identity, IdentitySettings, KeyUse, Newcomer, Rotation};
pub use sms::{Sending, SmsBy, SmsProvider, SmsSettings};
pub use vault::SecretKeys;
pub use view::{SelfView, SessionView, UserView};
