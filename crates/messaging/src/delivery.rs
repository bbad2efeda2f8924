//! What has reached whom: marks that sockets move, and what an author learns from them. Pure.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Rev, Seq, TimelineId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of a message, for its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryStatus {
    /// It was written.
    Sent,
    /// A session of everybody else was told of it: by its event, or by how far the conversation was when the session began to
    /// hear it.
    Delivered,
    /// Everybody else has read it.
    Read,
}

/// How far one member of a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Who.
    pub(crate) user: UserId,
    /// What has reached one of their sessions.
    pub(crate) delivered: Seq,
    /// What they have read.
    pub(crate) read: Seq,
}

impl DeliveryStatus {
    /// What became of the message at `seq`: as much as holds for all of `others`, who are the present members but its author.
    /// Who has no mark has seen nothing. Without others it stays sent.
    pub(crate) fn of(seq: Seq, others: &[UserId], reaches: &[Reach]) -> Self {
        let one = |user: &UserId| match reaches.iter().find(|reach| reach.user == *user) {
            Some(reach) if reach.read >= seq => Self::Read,
            Some(reach) if reach.delivered >= seq => Self::Delivered,
            _ => Self::Sent,
        };
        others.iter().map(one).min().unwrap_or(Self::Sent)
    }
}

/// What reached sessions of this process and was not written down yet: of each user and timeline the furthest only. Cheap to
/// clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delivered(Arc<Mutex<HashMap<(UserId, TimelineId), Rev>>>);

impl Delivered {
    /// A session of `user` got everything of the timeline up to `rev`.
    pub(crate) fn note(&self, user: UserId, timeline: TimelineId, rev: Rev) {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = marks.entry((user, timeline)).or_default();
        *mark = rev.max(*mark);
    }

    /// What is to be written down, at most `limit` marks; it is noted no more.
    pub(crate) fn take(&self, limit: usize) -> Vec<(UserId, TimelineId, Rev)> {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = marks.keys().take(limit).copied().collect::<Vec<_>>();
        let taken = keys
            .into_iter()
            .filter_map(|(user, timeline)| marks.remove(&(user, timeline)).map(|rev| (user, timeline, rev)));
        taken.collect()
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn a_message_is_as_far_as_the_slowest_of_the_others() {
        let env = Env::system();
        let [ada, bob, cy] = [env.id(), env.id(), env.id::<UserId>()];
        let reach = |user, delivered, read| Reach { user, delivered, read };
        let reaches = [reach(ada, 9, 9), reach(bob, 7, 5)];
        let status = |seq, others: &[UserId]| DeliveryStatus::of(seq, others, &reaches);
        assert_eq!(status(5, &[bob]), DeliveryStatus::Read);
        assert_eq!(status(6, &[bob, ada]), DeliveryStatus::Delivered);
        assert_eq!(status(8, &[bob, ada]), DeliveryStatus::Sent);
        assert_eq!(status(1, &[bob, cy]), DeliveryStatus::Sent, "who has no mark has seen nothing");
        assert_eq!(status(1, &[]), DeliveryStatus::Sent);
    }

    #[test]
    fn only_the_furthest_mark_is_written_down() {
        let env = Env::system();
        let (delivered, user, here, there) =
            (Delivered::default(), env.id(), env.id::<TimelineId>(), env.id::<TimelineId>());
        for rev in [3, 9, 4] {
            delivered.note(user, here, rev);
        }
        delivered.note(user, there, 1);
        assert_eq!(delivered.take(1).len(), 1);
        let mut marks = delivered.take(10);
        delivered.note(user, here, 9);
        marks.extend(delivered.take(10));
        assert!(marks.contains(&(user, here, 9)) && delivered.take(10).is_empty());
    }
}
