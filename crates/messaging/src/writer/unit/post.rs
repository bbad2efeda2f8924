//! A new message, in the channel or in a thread.

use kernel::{Grant, Invalid, MessageId, UserId};

use super::super::change::{Post, Quote};
use super::{ChangeKind, UnitOfWork};
use crate::Error;
use crate::row::Row;
use crate::store::heads::Locked;
use crate::store::write::NonceKey;

impl UnitOfWork {
    pub(super) fn post(&mut self, grant: &Grant, head: Locked, post: &Post) -> Result<Row, Error> {
        if let Some(row) = self.sent_before(head, post) {
            return Ok(row.clone());
        }
        if !post.mentions.users.is_empty() && self.reaches.get(&post.author) != Some(&post.mentions.reach) {
            return Err(Error::Stale);
        }
        let parent = post.parent.map(|id| self.parent(grant, id)).transpose()?;
        let reply_to = self.quoted(grant, head, post)?;
        self.may_have(grant, head.place(), post)?;
        let head = self.heads.get_mut(&head.id).ok_or(Error::NoTimeline)?;
        head.last_seq += 1;
        head.rev += 1;
        head.replies += i64::from(parent.is_some());
        let head = *head;
        let files = self.give(grant, post.id, head.last_seq, &post.files);
        let roles = post.mentions.roles.iter().map(|(role, _)| *role).collect::<Vec<_>>();
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
            parent_id: post.parent,
            replies: head.replies,
            thread_count: 0,
            last_reply_at: None,
            mentioned_users: Some(post.mentions.users.clone()).filter(|users| !users.is_empty()),
            mentioned_roles: Some(roles).filter(|roles| !roles.is_empty()),
            mentions_everyone: post.mentions.everyone,
            pinned_at: None,
            pinned_by: None,
            emoji: 0,
            files,
        };
        self.created.push(row.id);
        self.remember(row.clone());
        self.mentioned.extend(row.mentioned().iter().map(|user| (*user, row.timeline_id, row.seq)));
        self.mark_read(post, &row);
        self.tell(grant, row.clone(), ChangeKind::Written)?;
        if let Some(parent) = parent {
            let thread_count = parent.thread_count + 1;
            let parent = Row { thread_count, last_reply_at: Some(post.at), ..parent };
            self.change(grant, parent, ChangeKind::Updated)?;
        }
        Ok(row)
    }

    /// The message that was sent with the nonce already.
    fn sent_before(&self, head: Locked, post: &Post) -> Option<&Row> {
        let nonce = post.nonce.as_ref()?;
        self.rows.get(self.nonces.get(&key(head, post.author, nonce))?)
    }

    /// The message in whose thread a reply is to stand.
    fn parent(&self, grant: &Grant, id: MessageId) -> Result<Row, Error> {
        let must = |words: &str| Error::from(Invalid::field("parentMessageId", words));
        let parent = self.alive(grant, id).map_err(|_| must("must be a message of this channel"))?;
        if parent.parent_id.is_some() {
            return Err(must("must not be a reply in a thread itself: there are no threads in threads"));
        }
        Ok(parent.clone())
    }

    /// The message that a new one answers.
    fn quoted(&self, grant: &Grant, head: Locked, post: &Post) -> Result<Option<MessageId>, Error> {
        let quoted = match &post.reply_to {
            None => None,
            Some(Quote::Id(id)) => Some(*id),
            Some(Quote::Nonce(author, nonce)) => self.nonces.get(&key(head, *author, nonce)).copied(),
        };
        let Some(id) = quoted else { return Ok(None) };
        match self.alive(grant, id) {
            Ok(row) => Ok(Some(row.id)),
            // An import goes on without a link to what was deleted since.
            Err(_) if matches!(post.reply_to, Some(Quote::Nonce(..))) => Ok(None),
            Err(_) => Err(Invalid::field("replyTo", "must be a message of this channel").into()),
        }
    }

    /// Who writes in the channel has read it up to there. A thread is not the channel: who writes there has read nothing
    /// of it, but has a mark, as everybody who has been here.
    fn mark_read(&mut self, post: &Post, row: &Row) {
        if post.marks_read {
            let mark = self.read.entry((row.author_id, row.timeline_id)).or_default();
            if row.parent_id.is_none() {
                *mark = (row.seq, row.replies);
            }
        }
    }
}

fn key(head: Locked, author: UserId, nonce: &str) -> NonceKey {
    NonceKey { timeline: head.id, author, nonce: nonce.to_string() }
}
