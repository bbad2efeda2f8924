#![doc = include_str!("../README.md")]

mod access;
mod acquaintance;
mod error;
pub mod event;
pub mod input;
mod membership;
mod model;
mod policy;
mod schema;
mod service;
mod store;
mod view;

pub use acquaintance::Acquaintance;
pub use error::Error;
pub use model::{Accepts, Kind, Rank};
pub use policy::{HEARD_MAX, MEMBERS_MAX, PARTNERS_MAX};
pub use service::list::{ConversationsLimit, Cursor};
pub use service::open::Opened;
pub use service::{DirectEnds, Dm, Left};
pub use view::{ConversationInfo, ConversationView, DetailView, ParticipantView, SummaryView};
