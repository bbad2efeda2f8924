#![doc = include_str!("../README.md")]

mod claim;
mod error;
mod kind;
mod link;
mod listing;
mod model;
mod name;
mod picture;
mod schema;
mod service;
mod settings;
mod sniff;
mod spool;
mod storage;
mod store;
mod view;

pub use claim::{Claim, abandon, attached, claim, held, hold, let_go, lock, release, taken};
pub use error::Error;
pub use kind::Kind;
pub use link::Signer;
pub use listing::{Listed, Total, list, totals};
pub use model::{Attachment, Owner};
pub use picture::PreviewSize;
pub use service::{Checked, Download, Finding, Link, Media, PictureSize, Wanted};
pub use settings::{MediaSettings, S3Settings, StorageKind};
pub use spool::{Received, Receiving, Spool};
pub use view::AttachmentView;
