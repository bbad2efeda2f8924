#![doc = include_str!("../README.md")]

mod claim;
mod convert;
mod error;
mod kind;
mod link;
mod listing;
mod model;
mod name;
mod picture;
mod rendition;
mod scan;
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
pub use kind::{AttachmentPurpose, Conversion, Kind};
pub use link::Signer;
pub use listing::{Listed, Total, list, own_clips, totals};
pub use model::{Attachment, Owner};
pub use picture::PreviewSize;
pub use rendition::Rendition;
pub use service::{
    Announced, Checked, Convert, Download, Finding, Link, Media, PictureSize, Presigned, Recording, Told,
    Wanted,
};
pub use settings::{ConvertSettings, MediaSettings, S3Settings, ScanSettings, StorageKind};
pub use spool::{Received, Receiving, Spool};
pub use view::{AttachmentView, RenditionView, Seconds};
