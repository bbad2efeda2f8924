//! What happened in a run: what everybody tried, what everybody was told, and what the database says at the end.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// A timeline, by its place in [`Truth::heads`].
pub type Timeline = usize;

/// What one client did and saw.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Whose it is.
    pub user: Uuid,
    /// What it tried, in this order, one after the other.
    pub tried: Vec<Tried>,
    /// What it was told, in this order.
    pub told: Vec<Told>,
}

/// A change that a client tried to make, until it knew what became of it or gave up.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Where.
    pub timeline: Timeline,
    /// What.
    pub change: Change,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it was tried more than once, because nobody knew what became of the first: that one may still happen.
    pub doubtful: bool,
}

/// A change that somebody makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A message.
    Post {
        /// What makes all tries one message.
        nonce: String,
        /// Its text.
        content: String,
    },
    /// Another text.
    Edit {
        /// Of this message.
        message: Uuid,
        /// The text.
        content: String,
    },
    /// A message is deleted.
    Delete {
        /// Which.
        message: Uuid,
    },
    /// An emoji is put on a message or taken back.
    React {
        /// Which message.
        message: Uuid,
        /// Which emoji.
        emoji: String,
        /// Whether it is put there.
        on: bool,
    },
    /// A message is pinned, or is no more.
    Pin {
        /// Which.
        message: Uuid,
        /// Whether it is to be.
        on: bool,
    },
}

/// What became of a change, as far as its client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was acknowledged.
    Done(Option<Written>),
    /// It was refused: it has not happened and will not.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// What an answer says of the message that was written or edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub seq: i64,
    /// Its latest change.
    pub rev: i64,
}

/// Something that a client was told, and when: milliseconds of the machine's clock.
#[derive(Clone, Debug)]
pub enum Told {
    /// An event of a timeline.
    Event {
        /// When.
        at: i64,
        /// Of which.
        timeline: Timeline,
        /// Its place.
        rev: i64,
        /// What it says.
        news: News,
    },
    /// The whole timeline was read by HTTP, page by page.
    Loaded {
        /// When.
        at: i64,
        /// Which.
        timeline: Timeline,
        /// Where it stood with the first page: complete up to there.
        rev: i64,
        /// Where it stood with the last page.
        upto: i64,
        /// What there is.
        messages: Vec<Message>,
    },
    /// The server says that the client now knows everything up to `rev`.
    Complete {
        /// When.
        at: i64,
        /// Where.
        timeline: Timeline,
        /// Up to here.
        rev: i64,
    },
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// There is a new message.
    New(Message),
    /// This is what a message is now.
    Whole(Message),
    /// A message is gone.
    Gone(Uuid),
    /// So many have now put this emoji on a message.
    Reacted(Uuid, Box<str>, i64),
    /// Whether a message is pinned now.
    Pinned(Uuid, bool),
}

/// A message, as a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub seq: i64,
    /// Its latest change.
    pub rev: i64,
    /// Who wrote it.
    pub author: Uuid,
    /// Its text.
    pub content: Box<str>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Its emoji, and how many have put each there.
    pub reactions: BTreeMap<Box<str>, i64>,
}

/// The database, when all is over.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Where each timeline stands.
    pub heads: Vec<i64>,
    /// All messages, deleted ones too.
    pub rows: Vec<Row>,
    /// Who could see what when.
    pub stays: Vec<Stay>,
}

/// A message in the database.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where.
    pub timeline: Timeline,
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub seq: i64,
    /// The change that made it.
    pub created_rev: i64,
    /// Its latest change.
    pub rev: i64,
    /// Who wrote it.
    pub author: Uuid,
    /// What its author's client called it.
    pub nonce: String,
    /// Its text.
    pub content: String,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Who put which emoji there.
    pub reactions: BTreeMap<String, BTreeSet<Uuid>>,
}

/// A time during which somebody could see a timeline.
#[derive(Clone, Debug)]
pub struct Stay {
    /// Who.
    pub user: Uuid,
    /// What.
    pub timeline: Timeline,
    /// When the statement ran that let them in, milliseconds: nothing can be told because of it before.
    pub from: i64,
    /// The timeline's latest change when access was lost; nothing later may be told until the next stay.
    pub lost_at: Option<i64>,
}
