//! What is behind the links of messages.
//!
//! A send or edit with a link leaves a job in its transaction. Whoever does it fetches the first link (or finds it in the
//! cache) and changes the message under a proof of its author's, as anybody changes a message. Addresses come from strangers:
//! `address` says which may be fetched, and every connection and redirect asks it again. See docs/decisions/0020.

pub mod address;
mod fetch;
mod html;
mod link;
mod oembed;
mod service;
mod settings;

use std::time::Duration;

use backbone::jobs::Job;
use kernel::MessageId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use fetch::{Fetcher, Lookup, Names, NotFetched};
pub(crate) use link::first as first_link;
pub use service::Wanted;
pub use settings::PreviewSettings;

/// What is shown of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, diesel::prelude::Queryable)]
pub struct LinkPreview {
    /// The link, as it stands in the message.
    #[schema(example = "https://example.org/engine")]
    pub url: String,
    /// What the page is called.
    #[schema(example = "The Analytical Engine")]
    pub title: String,
    /// What it is about.
    #[schema(example = "A general-purpose computer of 1837.")]
    pub description: Option<String>,
    /// The address of a picture. Not fetched by the server: who shows it tells that site so.
    #[schema(example = "https://example.org/engine.png")]
    pub image: Option<String>,
    /// What the site is called.
    #[schema(example = "Example")]
    pub site: Option<String>,
}

/// What a page says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, diesel::prelude::Queryable)]
pub struct Found {
    /// What it is called.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The address of a picture.
    pub image: Option<String>,
    /// What the site is called.
    pub site: Option<String>,
}

impl Found {
    /// What is shown of it under `url`; `None` without a title.
    pub fn preview(self, url: String) -> Option<LinkPreview> {
        let Self { title, description, image, site } = self;
        Some(LinkPreview { url, title: title?, description, image, site })
    }
}

/// Look for what is behind the link of a message.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FetchPreview {
    /// Which.
    pub message: MessageId,
}

impl Job for FetchPreview {
    const KIND: &'static str = "messaging.fetch-preview";
    const PATIENCE: Duration = Duration::from_secs(30);
    /// What cannot be fetched is no failure; these are the database's.
    const TRIES: u32 = 3;
}
