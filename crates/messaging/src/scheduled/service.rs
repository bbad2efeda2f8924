//! Making, listing, cancelling and settling scheduled messages.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use kernel::{
    Allowed, Code, Event, Header, Invalid, Limit, MessageId, Page, ScheduledId, Timestamp, Topic, UserId,
};
use kernel::{TimelineId, can, frame};

use super::view::{Scheduled, ScheduledStatus};
use super::{ScheduledView, SendScheduled};
use crate::input::{Content, Draft};
use crate::mentions::Mentions;
use crate::store::scheduled;
use crate::{Error, Messaging};

/// Scheduled messages in a page: 50 unless said, at most 100.
pub type ScheduledLimit = Limit<50, 100>;

/// How long what was sent, failed or was cancelled can be looked at.
const KEPT: TimeDelta = TimeDelta::days(30);

/// A message whose time has come.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Who sends it.
    pub author: UserId,
    /// Where.
    pub timeline: TimelineId,
    /// What. Its nonce is `scheduled:{id}`.
    pub draft: Draft,
    /// When it was to be sent.
    pub due_at: Timestamp,
}

/// What became of a message whose time had come.
#[derive(Clone, Debug)]
pub enum Settled {
    /// It was sent, and is this message.
    Sent(MessageId),
    /// It could not be sent: why, for a program and for its author.
    Failed(Code, String),
}

impl Messaging {
    /// Keeps a message to be sent at `at`. With a nonce that its author has used here for another scheduled one, that one is
    /// the answer.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `at` is past or too far ahead; [`Error::TooManyScheduled`]; [`Error::NoTimeline`];
    /// [`Error::Database`].
    pub async fn schedule(
        &self,
        allowed: Allowed<can::Send>,
        draft: Draft,
        at: Timestamp,
    ) -> Result<ScheduledView, Error> {
        let now = self.env.now();
        let days = self.scheduled.days_ahead;
        if at <= now {
            return Err(Invalid::field("scheduledFor", "must be in the future").into());
        }
        if at > now.plus(TimeDelta::days(days)) {
            return Err(Invalid::field("scheduledFor", format!("must be within {days} days from now")).into());
        }
        let kind = self.kind_of(allowed.timeline()).await?.ok_or(Error::NoTimeline)?;
        let row = Scheduled {
            id: self.env.id_at(now),
            author_id: allowed.user(),
            timeline_id: allowed.timeline(),
            content: draft.content.0,
            reply_to: draft.reply_to,
            parent_id: draft.parent,
            nonce: draft.nonce,
            due_at: at,
            status: ScheduledStatus::Pending,
            message_id: None,
            error_code: None,
            error: None,
            created_at: now,
            settled_at: None,
            kind,
        };
        let (max, jobs) = (self.scheduled.per_user, &self.jobs);
        let mut conn = self.pool.get().await?;
        let made = conn.transaction(async move |tx| {
            scheduled::lock_author(tx, row.author_id).await?;
            if let Some(known) = scheduled::by_nonce(tx, &row).await? {
                return Ok((known, false));
            }
            if scheduled::open(tx, row.author_id).await? >= max {
                return Err(Error::TooManyScheduled { max });
            }
            let row = scheduled::insert(tx, &row).await?;
            jobs.add_at(tx, &SendScheduled { id: row.id }, at).await?;
            Ok((row, true))
        });
        let (row, new) = made.await?;
        if new { self.tell(row) } else { Ok(row.into()) }
    }

    /// The user's scheduled messages, the last made first: of one status, or all. Those that were settled are kept for 30
    /// days.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn scheduled(
        &self,
        user: UserId,
        status: Option<ScheduledStatus>,
        before: Option<ScheduledId>,
        limit: ScheduledLimit,
    ) -> Result<Page<ScheduledView>, Error> {
        let mut conn = self.pool.get().await?;
        let rows = scheduled::of(&mut conn, user, status, before, limit.get() + 1).await?;
        Ok(Page::of(rows.into_iter().map(ScheduledView::from).collect(), limit.get()))
    }

    /// Takes a scheduled message back.
    ///
    /// # Errors
    /// [`Error::NoScheduled`] when the user has none of this id; [`Error::Settled`] when it is too late; [`Error::Database`].
    pub async fn cancel_scheduled(&self, user: UserId, id: ScheduledId) -> Result<ScheduledView, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let row = match scheduled::cancel(&mut conn, user, id, now).await? {
            Some(row) => row,
            None if scheduled::exists(&mut conn, user, id).await? => return Err(Error::Settled),
            None => return Err(Error::NoScheduled),
        };
        self.tell(row)
    }

    /// Begins to send a message whose time has come: from now on it cannot be cancelled. `None` when there is nothing to be
    /// sent. Whoever begun and was killed is followed by another, who gets the same.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claim_scheduled(&self, id: ScheduledId) -> Result<Option<Claimed>, Error> {
        let mut conn = self.pool.get().await?;
        let row = scheduled::claim(&mut conn, id).await?;
        Ok(row.map(|row| Claimed {
            author: row.author_id,
            timeline: row.timeline_id,
            draft: Draft {
                content: Content(row.content),
                reply_to: row.reply_to,
                parent: row.parent_id,
                // Whom it calls is looked up when it is sent.
                mentions: Mentions::default(),
                nonce: Some(format!("scheduled:{id}")),
            },
            due_at: row.due_at,
        }))
    }

    /// Notes what became of a message whose time had come, and tells its author.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn settle_scheduled(&self, id: ScheduledId, settled: Settled) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let row = scheduled::settle(&mut conn, id, &settled, self.env.now()).await?;
        drop(conn);
        row.map(|row| self.tell(row)).transpose().map(drop)
    }

    /// Removes up to `slice` scheduled messages that were settled long ago; returns how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_scheduled(&self, slice: i64) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        Ok(scheduled::sweep(&mut conn, self.env.now().plus(-KEPT), slice).await?)
    }

    /// Tells the author's sessions.
    fn tell(&self, row: Scheduled) -> Result<ScheduledView, Error> {
        let author = row.author_id;
        let view = ScheduledView::from(row);
        let frame = frame(ScheduledView::EVENT, &view, None)?;
        self.bus.publish(Event { topic: Topic::User(author), header: Header::default(), frame });
        Ok(view)
    }
}
