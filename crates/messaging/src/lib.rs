#![doc = include_str!("../README.md")]

mod error;
mod event;
pub mod fence;
mod grants;
pub mod input;
mod model;
mod policy;
mod schema;
mod service;
mod store;
pub mod timeline;
mod view;
mod writer;

pub use error::Error;
pub use event::{CONVERSATION_EVENTS, DeletedView, EVENTS};
pub use grants::Grants;
pub use model::{Head, Kind, Place, TimelineKind};
pub use service::changes::{Change, Changes, ChangesLimit, Feed, FeedItem};
pub use service::conversations::{Preview, UNREAD_MAX, Visible};
pub use service::history::{Cursor, HistoryPage, PageLimit, Window};
pub use service::import::{Imported, ImportedReply};
pub use service::marks::{ReadMark, Unread};
pub use service::purge::Authored;
pub use service::{Messaging, MessagingSettings, Sent};
pub use view::MessageView;
