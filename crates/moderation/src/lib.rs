#![doc = include_str!("../README.md")]

pub mod automod;
mod error;
pub mod event;
pub mod input;
mod schema;
mod service;
mod store;
mod view;

pub use error::Error;
pub use service::automod::Automod;
pub use service::reports::{Reported, ReportsLimit, WhichReports};
pub use service::{Banned, BansLimit, Moderation, WarningsLimit};
pub use view::{BanView, ReportStatus, ReportView, WarningView};
