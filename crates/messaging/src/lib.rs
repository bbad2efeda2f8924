#![doc = include_str!("../README.md")]

mod assemble;
mod delivery;
mod error;
mod event;
pub mod fence;
mod grants;
pub mod input;
pub mod mentions;
mod model;
mod policy;
pub mod preview;
mod recording;
mod row;
pub mod scheduled;
#[expect(unreachable_pub, missing_debug_implementations, reason = "generated")]
mod schema;
mod screen;
pub mod search;
mod service;
mod store;
pub mod timeline;
mod view;
mod writer;

pub use delivery::DeliveryStatus;
pub use error::Error;
pub use event::{CONVERSATION_EVENTS, DeletedView, EVENTS, PinChanged, ReactionChanged, ReactionOp};
pub use grants::Grants;
pub use model::{Head, Kind, Place, TimelineKind};
pub use recording::{MessageType, VoiceNote};
pub use screen::{Passed, Screen, ScreenFollowUp, Writing};
pub use service::changes::{Change, Changes, ChangesLimit, Feed, FeedItem};
pub use service::clips::{ClipView, ClipsLimit};
pub use service::conversations::{Preview, UNREAD_MAX, Visible};
pub use service::edit_history::{EditHistory, PreviousVersionView};
pub use service::files::{FileStats, FilesLimit, KindStats, SentFile};
pub use service::history::{Cursor, HistoryPage, PageLimit, Window};
pub use service::import::{Imported, ImportedReply};
pub use service::marks::{Moved, ReadMark, Unread};
pub use service::purge::Authored;
pub use service::thread::{RepliesLimit, Thread};
pub use service::{Messaging, MessagingSettings, Sent};
pub use view::{MessageView, ReactionView};
pub use writer::WriterStats;
