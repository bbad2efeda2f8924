//! Making, listing, cancelling and settling scheduled messages.

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{
    Allowed, AttachmentId, Code, Event, Grant, Header, Invalid, Limit, MessageId, Page, ScheduledId,
    Timestamp, Topic, UserId,
};
use kernel::{TimelineId, can, frame};
use media::Attachment;

use super::view::{Scheduled, ScheduledStatus};
use super::{ScheduledView, SendScheduled};
use crate::input::{Content, Draft};
use crate::mentions::Mentions;
use crate::policy::may_attach;
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
    /// [`Error::Invalid`] when `at` is past or too far ahead, or a file is not the author's to send here;
    /// [`Error::Denied`] for files without [`kernel::Permissions::ATTACH_FILES`]; [`Error::TooManyScheduled`];
    /// [`Error::NoTimeline`];
    /// [`Error::Database`].
    pub async fn schedule(
        &self,
        allowed: Allowed<can::Send>,
        draft: Draft,
        at: Timestamp,
    ) -> Result<ScheduledView, Error> {
        let (now, author) = (self.env.now(), allowed.user());
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
            author_id: author,
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
        let (max, jobs, files) = (self.scheduled.per_user, &self.jobs, draft.files);
        let mut conn = self.pool.get().await?;
        let made = conn.transaction(async move |tx| {
            scheduled::lock_author(tx, row.author_id).await?;
            if let Some(known) = scheduled::by_nonce(tx, &row).await? {
                return Ok((known, false));
            }
            hold(tx, &allowed, &files, row.id).await?;
            if scheduled::open(tx, row.author_id).await? >= max {
                return Err(Error::TooManyScheduled { max });
            }
            let row = scheduled::insert(tx, &row).await?;
            jobs.add_at(tx, &SendScheduled { id: row.id }, at).await?;
            Ok((row, true))
        });
        let (row, new) = made.await?;
        let view = shown(&mut conn, vec![row]).await?.pop().ok_or(Error::NoScheduled)?;
        if new {
            self.tell(author, &view)?;
        }
        Ok(view)
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
        Ok(Page::of(shown(&mut conn, rows).await?, limit.get()))
    }

    /// Takes a scheduled message back.
    ///
    /// # Errors
    /// [`Error::NoScheduled`] when the user has none of this id; [`Error::Settled`] when it is too late; [`Error::Database`].
    pub async fn cancel_scheduled(&self, user: UserId, id: ScheduledId) -> Result<ScheduledView, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let row = conn.transaction(async move |tx| {
            let Some(row) = scheduled::cancel(tx, user, id, now).await? else {
                let late = scheduled::exists(tx, user, id).await?;
                return Err(if late { Error::Settled } else { Error::NoScheduled });
            };
            media::let_go(tx, id).await?;
            Ok(row)
        });
        let view = ScheduledView::new(row.await?, Vec::new());
        self.tell(user, &view)?;
        Ok(view)
    }

    /// Begins to send a message whose time has come: from now on it cannot be cancelled. `None` when there is nothing to be
    /// sent. Whoever begun and was killed is followed by another, who gets the same.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claim_scheduled(&self, id: ScheduledId) -> Result<Option<Claimed>, Error> {
        let mut conn = self.pool.get().await?;
        let Some(row) = scheduled::claim(&mut conn, id).await? else { return Ok(None) };
        let files = media::held(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(Some(Claimed {
            author: row.author_id,
            timeline: row.timeline_id,
            draft: Draft {
                content: Content(row.content),
                reply_to: row.reply_to,
                parent: row.parent_id,
                // Whom it calls is looked up when it is sent.
                mentions: Mentions::default(),
                files: files.into_iter().map(|file| file.id).collect(),
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
        let now = self.env.now();
        let row = conn.transaction(async move |tx| {
            let row = scheduled::settle(tx, id, &settled, now).await?;
            media::let_go(tx, id).await?;
            Ok::<_, Error>(row)
        });
        let row = row.await?;
        drop(conn);
        let Some(row) = row else { return Ok(()) };
        self.tell(row.author_id, &ScheduledView::new(row, Vec::new()))
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
    fn tell(&self, author: UserId, view: &ScheduledView) -> Result<(), Error> {
        let frame = frame(ScheduledView::EVENT, view, None)?;
        self.bus.publish(Event { topic: Topic::User(author), header: Header::default(), frame });
        Ok(())
    }
}

/// Keeps the files for the message that is to have them.
async fn hold(
    tx: &mut AsyncPgConnection,
    grant: &Grant,
    files: &[AttachmentId],
    message: ScheduledId,
) -> Result<(), Error> {
    let locked = media::lock(tx, files).await?;
    let free = |id| locked.get(id).filter(|file: &&Attachment| !file.is_held());
    may_attach(grant, files.iter().map(free))?;
    Ok(media::hold(tx, files, message).await?)
}

/// The messages with their files.
async fn shown(conn: &mut AsyncPgConnection, rows: Vec<Scheduled>) -> Result<Vec<ScheduledView>, Error> {
    let mut files = media::held(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let view = |row: Scheduled| {
        let theirs = files.remove(&row.id).unwrap_or_default();
        ScheduledView::new(row, theirs)
    };
    Ok(rows.into_iter().map(view).collect())
}
