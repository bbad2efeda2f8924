#![doc = include_str!("../README.md")]

mod admin;
mod api_key;
mod audit;
mod bearer;
mod browser;
mod client;
mod credential;
mod error;
pub mod event;
mod factor;
pub mod input;
mod jobs;
mod last_used;
pub mod mail;
mod model;
pub mod names;
mod oauth;
mod password;
mod password_rules;
mod personal;
mod phone;
mod profile;
mod refresh;
mod revocation;
mod schema;
mod secret;
mod service;
mod settings;
mod sms;
mod store;
mod token;
pub mod username;
mod vault;
mod view;

pub use admin::Admin;
pub use api_key::{ApiKeyBody, ApiKeyView, Revealed};
pub use audit::{AuditAction, AuditView};
pub use client::Client;
pub use credential::{Credential, Reach, Scope, Scopes};
pub use error::Error;
pub use factor::{FactorView, Method};
pub use mail::{MailSettings, Mailer};
pub use model::{Login, Session, TokenPair, User, UserCard};
pub use oauth::{
    FacebookSettings, GoogleSettings, IssuerSettings, LinkBody, LinkView, LoginFailure, OauthCodeBody,
    OauthSettings, ProviderView, Returned,
};
pub use password::{PasswordLoad, PasswordSettings};
pub use personal::{PersonalData, Piece};
pub use phone::Phone;
pub use profile::{Preferences, Status};
pub use revocation::Revocation;
pub use service::{
    AccountsLimit, AccountsQuery, AuditLimit, AuditQuery, BeginView, Begun, Changed, FactorSettings, Heard,
    Identity, KeyUse, Newcomer, Rotation, UserCounts,
};
pub use settings::IdentitySettings;
pub use sms::{Sending, SmsBy, SmsProvider, SmsSettings};
pub use vault::SecretKeys;
pub use view::{AccountStatus, AccountView, PresenceView, ProfileView, SelfView, SessionView, UserView};
