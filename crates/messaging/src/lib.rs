#![doc = include_str!("../README.md")]

mod error;
mod event;
pub mod fence;
pub mod input;
mod model;
mod policy;
pub mod preview;
pub mod scheduled;
#[expect(unreachable_pub, missing_debug_implementations, reason = "generated")]
mod schema;
pub mod search;
mod service;
mod store;
pub mod timeline;
mod view;
mod writer;

pub use error::Error;
pub use event::{DeletedView, EVENTS};
pub use model::{Head, Kind, Place, TimelineKind};
pub use service::changes::{Change, Changes, ChangesLimit, Feed, FeedItem};
pub use service::history::{Cursor, HistoryPage, PageLimit, Window};
pub use service::import::{Imported, ImportedReply};
pub use service::marks::{ReadMark, Unread};
pub use service::purge::Authored;
pub use service::{Messaging, MessagingSettings, Sent};
pub use view::MessageView;
