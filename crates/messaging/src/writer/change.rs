//! The durable changes of a timeline, as they are asked for.

use chrono::TimeDelta;
use kernel::{AttachmentId, Grant, MessageId, Timestamp, UserId};

use crate::input::Emoji;
use crate::mentions::Mentions;
use crate::model::Kind;
use crate::preview::LinkPreview;
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
    /// The end of several messages, whoever wrote them: of those that are there.
    DeleteAll {
        /// The messages.
        ids: Vec<MessageId>,
        /// Now.
        at: Timestamp,
    },
    /// What is known of a message's files is more than before.
    ShowFiles {
        /// The message.
        id: MessageId,
    },
    /// A message is to be without its files.
    RemoveFiles {
        /// The message.
        id: MessageId,
        /// Now.
        at: Timestamp,
    },
    /// An emoji of the grant's user on a message.
    React {
        /// The message.
        id: MessageId,
        /// The emoji.
        emoji: Emoji,
        /// Whether it comes or goes.
        intent: ReactionIntent,
        /// Whether they may put an emoji there that nobody else has put there.
        may_begin: bool,
    },
    /// A message is to be found among the pinned ones.
    Pin {
        /// The message.
        id: MessageId,
        /// Now.
        at: Timestamp,
        /// Messages of the timeline that may be pinned.
        most: i64,
    },
    /// A message is pinned no more.
    Unpin {
        /// The message.
        id: MessageId,
    },
}

/// What is to become of an emoji of somebody on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReactionIntent {
    /// It is there.
    There,
    /// It is not there.
    Gone,
    /// The other one of the two.
    Toggled,
}

/// A new message.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) id: MessageId,
    pub(crate) author: UserId,
    pub(crate) kind: Kind,
    pub(crate) content: String,
    pub(crate) reply_to: Option<Quote>,
    /// The message in whose thread it stands.
    pub(crate) parent: Option<MessageId>,
    pub(crate) mentions: Mentions,
    /// Files that its author uploaded, in their order.
    pub(crate) files: Vec<AttachmentId>,
    /// What all files of its server may take, bytes.
    pub(crate) room: Option<u64>,
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
    /// The messages that must be known before this can be done.
    pub(super) fn touched(&self) -> Vec<MessageId> {
        match self {
            Self::Post(Post { reply_to, parent, .. }) => {
                let quoted = match reply_to {
                    Some(Quote::Id(id)) => Some(*id),
                    _ => None,
                };
                quoted.into_iter().chain(*parent).collect()
            }
            Self::Edit { id, .. }
            | Self::Preview { id, .. }
            | Self::Delete { id, .. }
            | Self::ShowFiles { id }
            | Self::RemoveFiles { id, .. }
            | Self::React { id, .. }
            | Self::Pin { id, .. }
            | Self::Unpin { id } => vec![*id],
            Self::DeleteAll { ids, .. } => ids.clone(),
        }
    }

    /// Whether it ends messages: then those in whose threads they stand must be known, too.
    pub(super) fn deletes(&self) -> bool {
        matches!(self, Self::Delete { .. } | Self::DeleteAll { .. } | Self::RemoveFiles { .. })
    }

    /// The files that must be known before this can be done.
    pub(super) fn files(&self) -> &[AttachmentId] {
        match self {
            Self::Post(post) => &post.files,
            _ => &[],
        }
    }

    /// Who names others in it: whom they reach must be known before this can be done.
    pub(super) fn names(&self) -> Option<UserId> {
        match self {
            Self::Post(post) if !post.mentions.users.is_empty() => Some(post.author),
            _ => None,
        }
    }

    /// Those who are shown beside a new message: its author, and whom it mentions.
    pub(super) fn shown(&self) -> impl Iterator<Item = UserId> {
        let post = match self {
            Self::Post(post) => Some(post),
            _ => None,
        };
        post.into_iter().flat_map(|post| post.mentions.users.iter().copied().chain([post.author]))
    }

    /// Whether it may join a batch whose locks are there: a message that needs no lock beside that of its place, and of the log
    /// nothing but whether it was sent before.
    pub(super) fn can_join(&self) -> bool {
        self.names().is_none()
            && self.files().is_empty()
            && self.touched().is_empty()
            && matches!(self, Self::Post(_))
    }

    /// Whether it must be known what the files of its server take before this can be done.
    pub(super) fn takes_room(&self) -> bool {
        matches!(self, Self::Post(post) if post.room.is_some() && !post.files.is_empty())
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
