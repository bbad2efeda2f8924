//! Finding messages by what is in them. A reader of the log (`index`) keeps what they are found by in tables of its own;
//! `find` asks those, and shows nothing but what stands in the log and may be read at that moment. See docs/decisions/0019.

mod find;
mod fold;
mod grams;
mod highlight;
mod index;
mod query;
mod rank;
mod tags;
mod term;

use backbone::settings::Fault;
use chrono::TimeDelta;
use kernel::{Limit, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::view::MessageView;

pub(crate) use find::Searching;
pub(crate) use index::Moved;
pub use query::{QUERY_MAX, Typed, day};
pub use rank::SearchCursor;
pub use term::Term;

/// Results in a page: 20 unless said, at most 50.
pub type SearchLimit = Limit<20, 50>;

/// Matches that are ranked together: the newest so many first, then the next older ones.
pub const WINDOW: i64 = 1_000;
/// Timelines that one search looks at.
pub const TIMELINES_MAX: usize = 10_000;

/// How messages are found here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    /// The text search configuration of PostgreSQL by which words are taken for forms of each other.
    pub language: String,
    /// How long one search may take in the database, milliseconds.
    pub timeout_ms: u32,
    /// Searches of this process at the same time; each uses a connection.
    pub at_once: usize,
}

impl Default for SearchSettings {
    fn default() -> Self {
        Self { language: "english".into(), timeout_ms: 3_000, at_once: 4 }
    }
}

impl SearchSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
        let is_name = (1..=63).contains(&self.language.len()) && self.language.chars().all(name);
        Fault::first([
            (is_name, "messaging.search.language", "must be the name of a text search configuration"),
            (
                (100..=60_000).contains(&self.timeout_ms),
                "messaging.search.timeout_ms",
                "must be 100 to 60000",
            ),
            ((1..=64).contains(&self.at_once), "messaging.search.at_once", "must be 1 to 64"),
        ])
    }
}

/// What a message can have in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Has {
    /// An address of the web.
    Link,
    /// An attached file, of whatever kind.
    File,
    /// An attached picture.
    Image,
}

impl std::str::FromStr for Has {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "link" => Ok(Self::Link),
            "file" => Ok(Self::File),
            "image" => Ok(Self::Image),
            _ => Err("must be link, file or image"),
        }
    }
}

/// Whom a message can mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mentioned {
    /// Somebody by name.
    User(UserId),
    /// Everybody who may view the place.
    Everyone,
}

/// What is looked for. Everything must be so; a list of which one must be so says that.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What the text contains.
    pub terms: Vec<Term>,
    /// Who wrote it: one of these. `None`: anybody.
    pub authors: Option<Vec<UserId>>,
    /// What is in it.
    pub has: Vec<Has>,
    /// Whom it mentions.
    pub mentions: Vec<Mentioned>,
    /// Written before.
    pub before: Option<Timestamp>,
    /// Written then or later.
    pub after: Option<Timestamp>,
    /// Where the page before ended.
    pub cursor: Option<SearchCursor>,
}

/// A part of the results.
#[derive(Clone, Debug, Default)]
pub struct SearchPage {
    /// The messages, best first.
    pub hits: Vec<Hit>,
    /// How many match, counted up to [`WINDOW`]; on a later page those of its window.
    pub total: i64,
    /// Whether there are more than were counted.
    pub total_is_capped: bool,
    /// Where to go on; `None` at the end.
    pub next: Option<SearchCursor>,
}

/// A message that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The message.
    pub message: MessageView,
    /// Where its text is what was looked for, in order, not overlapping.
    pub highlights: Vec<Span>,
}

/// A part of a text, counted in UTF-16 code units: what JavaScript, Java and C# count strings in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Span {
    /// Where it begins.
    #[schema(example = 6)]
    pub start: u32,
    /// Where it has ended.
    #[schema(example = 11)]
    pub end: u32,
}

/// A match that is this much older than the newest counts half.
const HALF: TimeDelta = TimeDelta::days(30);

/// The id below which everything was written before `at`.
fn id_at(at: Timestamp) -> MessageId {
    at.first_id()
}
