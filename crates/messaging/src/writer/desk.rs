//! What a batch does, in memory: heads and rows before, heads and rows after. Pure.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use kernel::{Grant, Invalid, MessageId, Seq, TimelineId, Timestamp, UserId, Version};

use crate::Error;
use crate::model::{Kind, Place, Row};
use crate::policy;
use crate::preview::LinkPreview;
use crate::store::heads::Locked;
use crate::store::write::NonceKey;

/// A durable change of a timeline.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A new message.
    Post(Post),
    /// A new text for a message of the grant's user.
    Edit {
        /// The message.
        id: MessageId,
        /// Its new text.
        content: String,
        /// Now.
        at: Timestamp,
        /// How long after writing it may be changed.
        window: TimeDelta,
    },
    /// What is behind the link of a message.
    Preview {
        /// The message.
        id: MessageId,
        /// The text that it had when its link was looked at: with another one nothing changes.
        content: String,
        /// What was found.
        preview: Box<LinkPreview>,
    },
    /// The end of a message.
    Delete {
        /// The message.
        id: MessageId,
        /// Now.
        at: Timestamp,
        /// Whether the grant's user may delete what others wrote.
        moderator: bool,
    },
}

/// A new message.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) id: MessageId,
    pub(crate) author: UserId,
    pub(crate) kind: Kind,
    pub(crate) content: String,
    pub(crate) reply_to: Option<Quote>,
    pub(crate) nonce: Option<String>,
    pub(crate) at: Timestamp,
    /// Whether its author has read up to it now. Not those of imported messages: they are not here.
    pub(crate) marks_read: bool,
}

/// The message that a new one answers.
#[derive(Clone, Debug)]
pub(crate) enum Quote {
    /// By its id.
    Id(MessageId),
    /// By who sent it and what they called it: for imports, which do not know ids yet.
    Nonce(UserId, String),
}

impl Change {
    /// The message that must be known before this can be done.
    pub(super) fn mentioned(&self) -> Option<MessageId> {
        match self {
            Self::Post(Post { reply_to: Some(Quote::Id(id)), .. }) => Some(*id),
            Self::Post(_) => None,
            Self::Edit { id, .. } | Self::Delete { id, .. } | Self::Preview { id, .. } => Some(*id),
        }
    }

    /// The nonces that must be known before this can be done.
    pub(super) fn nonces(&self, grant: &Grant) -> Vec<NonceKey> {
        let Self::Post(post) = self else { return Vec::new() };
        let key =
            |author, nonce: &String| NonceKey { timeline: grant.timeline(), author, nonce: nonce.clone() };
        let own = post.nonce.as_ref().map(|nonce| key(post.author, nonce));
        let quoted = match &post.reply_to {
            Some(Quote::Nonce(author, nonce)) => Some(key(*author, nonce)),
            _ => None,
        };
        own.into_iter().chain(quoted).collect()
    }
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Nothing,
    Written,
    Edited,
    Updated,
    Deleted,
}

/// A change that was made, and the row right after it.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) row: Row,
    pub(super) what: What,
    pub(super) place: Place,
    pub(super) version: Version,
}

/// The locked heads, the rows that were read, and what has been done to both.
#[derive(Debug)]
pub(super) struct Desk {
    heads: HashMap<TimelineId, Locked>,
    rows: HashMap<MessageId, Row>,
    nonces: HashMap<NonceKey, MessageId>,
    advanced: HashSet<TimelineId>,
    created: Vec<MessageId>,
    changed: HashSet<MessageId>,
    read: HashMap<(UserId, TimelineId), Seq>,
    previews: HashMap<MessageId, LinkPreview>,
}

impl Desk {
    pub(super) fn new(heads: Vec<Locked>, rows: Vec<Row>) -> Self {
        let mut desk = Self {
            heads: heads.into_iter().map(|head| (head.id, head)).collect(),
            rows: HashMap::new(),
            nonces: HashMap::new(),
            advanced: HashSet::new(),
            created: Vec::new(),
            changed: HashSet::new(),
            read: HashMap::new(),
            previews: HashMap::new(),
        };
        for row in rows {
            desk.remember(row);
        }
        desk
    }

    fn remember(&mut self, row: Row) {
        if let Some(nonce) = &row.nonce {
            let key = NonceKey { timeline: row.timeline_id, author: row.author_id, nonce: nonce.clone() };
            self.nonces.insert(key, row.id);
        }
        self.rows.insert(row.id, row);
    }

    /// Makes one change, or says why not. What is refused leaves no trace.
    pub(super) fn apply(&mut self, grant: &Grant, change: &Change) -> Result<Done, Error> {
        let head = *self.heads.get(&grant.timeline()).ok_or(Error::NoTimeline)?;
        if grant.version() != head.version {
            return Err(Error::Stale);
        }
        let (row, what) = match change {
            Change::Post(post) => self.post(grant, head, post)?,
            Change::Edit { id, content, at, window } => {
                let row = self.alive(grant, *id)?;
                policy::may_edit(row, grant.user(), *at, *window)?;
                if row.content == *content {
                    (row.clone(), What::Nothing)
                } else {
                    let row = Row { content: content.clone(), edited_at: Some(*at), ..row.clone() };
                    self.previews.remove(id);
                    (self.change(row)?, What::Edited)
                }
            }
            Change::Preview { id, content, preview } => {
                let row = self.alive(grant, *id)?.clone();
                if row.content == *content {
                    self.previews.insert(*id, (**preview).clone());
                    (self.change(row)?, What::Updated)
                } else {
                    (row, What::Nothing)
                }
            }
            Change::Delete { id, at, moderator } => {
                let row = self.alive(grant, *id)?;
                policy::may_delete(row, grant.user(), *moderator)?;
                let row = Row { content: String::new(), deleted_at: Some(*at), ..row.clone() };
                self.previews.remove(id);
                (self.change(row)?, What::Deleted)
            }
        };
        Ok(Done { row, what, place: head.place(), version: head.version })
    }

    fn post(&mut self, grant: &Grant, head: Locked, post: &Post) -> Result<(Row, What), Error> {
        let key =
            |author: UserId, nonce: &str| NonceKey { timeline: head.id, author, nonce: nonce.to_string() };
        let same = post.nonce.as_ref().and_then(|nonce| self.nonces.get(&key(post.author, nonce)));
        if let Some(row) = same.and_then(|id| self.rows.get(id)) {
            return Ok((row.clone(), What::Nothing));
        }
        let quoted = match &post.reply_to {
            None => None,
            Some(Quote::Id(id)) => Some(*id),
            Some(Quote::Nonce(author, nonce)) => self.nonces.get(&key(*author, nonce)).copied(),
        };
        let reply_to = match quoted {
            None => None,
            Some(id) => match self.alive(grant, id) {
                Ok(row) => Some(row.id),
                // An import goes on without a link to what was deleted since.
                Err(_) if matches!(post.reply_to, Some(Quote::Nonce(..))) => None,
                Err(_) => return Err(Invalid::field("replyTo", "must be a message of this channel").into()),
            },
        };
        let head = self.heads.get_mut(&head.id).ok_or(Error::NoTimeline)?;
        head.last_seq += 1;
        head.rev += 1;
        let row = Row {
            timeline_id: head.id,
            seq: head.last_seq,
            id: post.id,
            author_id: post.author,
            kind: post.kind,
            content: post.content.clone(),
            reply_to,
            created_rev: head.rev,
            rev: head.rev,
            nonce: post.nonce.clone(),
            created_at: post.at,
            edited_at: None,
            deleted_at: None,
        };
        self.advanced.insert(row.timeline_id);
        self.created.push(row.id);
        if post.marks_read {
            self.read.insert((row.author_id, row.timeline_id), row.seq);
        }
        self.remember(row.clone());
        Ok((row, What::Written))
    }

    /// Takes the row's timeline one rev further and the row with it.
    fn change(&mut self, row: Row) -> Result<Row, Error> {
        let head = self.heads.get_mut(&row.timeline_id).ok_or(Error::NoTimeline)?;
        head.rev += 1;
        let row = Row { rev: head.rev, ..row };
        self.advanced.insert(row.timeline_id);
        self.changed.insert(row.id);
        self.rows.insert(row.id, row.clone());
        Ok(row)
    }

    /// A message that the grant covers and that was not deleted.
    fn alive(&self, grant: &Grant, id: MessageId) -> Result<&Row, Error> {
        let row = self.rows.get(&id).filter(|row| {
            row.timeline_id == grant.timeline() && row.seq >= grant.visible_from() && row.deleted_at.is_none()
        });
        row.ok_or(Error::NoMessage)
    }

    /// Rows to be added.
    pub(super) fn created(&self) -> Vec<&Row> {
        self.created.iter().filter_map(|id| self.rows.get(id)).collect()
    }

    /// Rows to be written back.
    pub(super) fn changed(&self) -> Vec<&Row> {
        let created = self.created.iter().collect::<HashSet<_>>();
        let changed = self.changed.iter().filter(|id| !created.contains(id));
        changed.filter_map(|id| self.rows.get(id)).collect()
    }

    /// Previews to be kept.
    pub(super) fn previews(&self) -> Vec<(MessageId, &LinkPreview)> {
        self.previews.iter().map(|(id, preview)| (*id, preview)).collect()
    }

    /// Read marks to be moved on.
    pub(super) fn read(&self) -> Vec<(UserId, TimelineId, Seq)> {
        let mut read =
            self.read.iter().map(|((user, timeline), seq)| (*user, *timeline, *seq)).collect::<Vec<_>>();
        // One order for everybody: no deadlock between two writers.
        read.sort_unstable();
        read
    }

    /// Heads to be written back.
    pub(super) fn advanced(&self) -> Vec<&Locked> {
        self.advanced.iter().filter_map(|id| self.heads.get(id)).collect()
    }
}
