#![doc = include_str!("../README.md")]

mod admin;
mod audit;
mod browser;
mod client;
mod error;
pub mod event;
pub mod input;
mod jobs;
pub mod mail;
mod model;
mod password;
mod password_rules;
mod personal;
mod profile;
mod refresh;
mod revocation;
mod schema;
mod secret;
mod service;
mod store;
mod token;
mod used;
pub mod username;
mod view;

pub use admin::Admin;
pub use audit::{AuditAction, AuditView};
pub use client::Client;
pub use error::Error;
pub use mail::{MailSettings, Mailer};
pub use model::{Login, Session, TokenPair, User, UserCard};
pub use password::PasswordSettings;
pub use personal::{PersonalData, Piece};
pub use profile::{Preferences, Status};
pub use revocation::Revocation;
pub use service::{
    AccountsLimit, AccountsQuery, AuditLimit, AuditQuery, Identity, IdentitySettings, Matches, Newcomer,
    UserCounts,
};
pub use view::{AccountStatus, AccountView, ProfileView, SelfView, SessionView, UserView};
