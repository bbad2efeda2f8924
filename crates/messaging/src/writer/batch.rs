//! One transaction: some changes of some timelines, all or none.

use std::collections::HashSet;

use backbone::db::{DbError, Pool};
use backbone::jobs::Queue;
use diesel::result::Error as DieselError;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, Grant, Internal, ScopeId};

use super::change::Change;
use super::unit::{ChangeKind, Done, Files, Reactions, RowChange, UnitOfWork};
use crate::assemble::Around;
use crate::event::{self, Happening, PinChanged, ReactionChanged};
use crate::preview::FetchPreview;
use crate::row::Row;
use crate::store::reactions::Key;
use crate::store::{edits, heads, marks, mentions, previews, write};
use crate::view::MessageView;
use crate::{Error, fence};

/// What became of a change.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The messages that it was about, as they are now: one, but of [`Change::DeleteAll`].
    pub(crate) messages: Vec<MessageView>,
    /// Whether this change made them so. Not, for a send whose nonce had been used.
    pub(crate) changed: bool,
}

impl Outcome {
    /// The message that the change was about.
    pub(crate) fn message(mut self) -> Result<MessageView, Error> {
        self.messages.pop().ok_or(Error::NoMessage)
    }
}

/// The answers, in the order of the changes, and the events, in the order of their revs.
pub(super) type Written = (Vec<Result<Outcome, Error>>, Vec<Event>);

/// Why nothing was committed.
#[derive(Debug)]
pub(super) enum Failed {
    /// Before the commit: certainly nothing was written.
    Before(DbError),
    /// While committing: whether it was written is not known. Writing again could write twice.
    Committing(DbError),
}

impl From<Failed> for DbError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Before(error) | Failed::Committing(error) => error,
        }
    }
}

/// Commits those of the changes that may be made.
///
/// With a queue, what follows from them is left there: links to be looked at.
pub(super) async fn commit(
    pool: &Pool,
    jobs: Option<&Queue>,
    changes: &[(Grant, Change)],
) -> Result<Written, Failed> {
    let mut conn = pool.get().await.map_err(Failed::Before)?;
    let mut applied = false;
    let applied_now = &mut applied;
    let done = conn.transaction(async move |tx| {
        let written = apply(tx, jobs, changes).await?;
        *applied_now = true;
        Ok::<_, DieselError>(written)
    });
    match done.await {
        Ok(written) => Ok(written),
        Err(error) if applied => Err(Failed::Committing(error.into())),
        Err(error) => Err(Failed::Before(error.into())),
    }
}

async fn apply(
    tx: &mut AsyncPgConnection,
    jobs: Option<&Queue>,
    changes: &[(Grant, Change)],
) -> Result<Written, DieselError> {
    let mut unit = open(tx, changes).await?;
    let done = changes.iter().map(|(grant, change)| unit.apply(grant, change)).collect::<Vec<_>>();
    write::insert(tx, &unit.created()).await?;
    write::update(tx, &unit.changed()).await?;
    write_beside(tx, &unit).await?;
    heads::advance(tx, &unit.advanced()).await?;
    marks::advance(tx, &unit.read()).await?;
    follow(tx, jobs, &unit).await?;
    let answered = done.iter().flatten().flat_map(|done| &done.rows);
    let around = Around::of(tx, answered.chain(unit.told().iter().map(|told| &told.row))).await?;
    let events = unit.told().iter().map(|told| event(told, &around)).collect::<Result<_, _>>();
    let events = events.map_err(|fault: Internal| DieselError::SerializationError(fault.0))?;
    Ok((done.into_iter().map(|done| Ok(outcome(done?, &around))).collect(), events))
}

/// Locks what the changes touch and reads what they need to know.
async fn open(tx: &mut AsyncPgConnection, changes: &[(Grant, Change)]) -> Result<UnitOfWork, DieselError> {
    let mut timelines = changes.iter().map(|(grant, _)| grant.timeline()).collect::<Vec<_>>();
    timelines.sort_unstable();
    timelines.dedup();
    let named_by = changes.iter().filter_map(|(_, change)| change.names()).collect::<HashSet<_>>();
    let named_by = named_by.into_iter().collect::<Vec<_>>();
    let scopes = changes.iter().map(|(grant, _)| grant.scope());
    let scopes = scopes.chain(named_by.iter().map(|author| ScopeId::from(*author))).collect::<Vec<_>>();
    // First the scopes, then the heads, as everybody who changes rights does.
    fence::hold(tx, &scopes).await?;
    let heads = heads::lock(tx, &timelines).await?;
    let reaches = fence::reaches(tx, &named_by).await?;
    // Only now: a statement sees what was committed before it began, and the locks may have had to wait.
    let nonces = changes.iter().flat_map(|(grant, change)| change.nonces(grant)).collect::<HashSet<_>>();
    let mut rows = write::by_nonce(tx, &nonces.iter().collect::<Vec<_>>()).await?;
    let ids = changes.iter().flat_map(|(_, change)| change.touched()).collect::<HashSet<_>>();
    rows.extend(write::by_id(tx, &ids.into_iter().collect::<Vec<_>>()).await?);
    rows.extend(parents(tx, changes, &rows).await?);
    let reactions = reactions(tx, changes, &rows).await?;
    let pins = changes.iter().filter(|(_, change)| matches!(change, Change::Pin { .. }));
    let pins = pins.map(|(grant, _)| grant.timeline()).collect::<Vec<_>>();
    let pinned = write::pinned(tx, &pins).await?.into_iter().collect();
    let files = changes.iter().flat_map(|(_, change)| change.files()).copied().collect::<HashSet<_>>();
    let files = media::lock(tx, &files.into_iter().collect::<Vec<_>>()).await?;
    let filed = changes.iter().filter(|(_, change)| change.takes_room()).map(|(grant, _)| grant.scope());
    let taken = media::taken(tx, &filed.collect::<Vec<_>>()).await?;
    Ok(UnitOfWork::new(heads, rows)
        .with(reactions, pinned)
        .with_reaches(reaches)
        .with_files(Files::new(files, taken)))
}

/// Those in whose threads the messages stand that are to be deleted. No query when none stands in one.
async fn parents(
    tx: &mut AsyncPgConnection,
    changes: &[(Grant, Change)],
    rows: &[Row],
) -> Result<Vec<Row>, DieselError> {
    if !changes.iter().any(|(_, change)| change.deletes()) {
        return Ok(Vec::new());
    }
    let known = rows.iter().map(|row| row.id).collect::<HashSet<_>>();
    let parents = rows.iter().filter_map(|row| row.parent_id).filter(|id| !known.contains(id));
    let parents = parents.collect::<HashSet<_>>();
    write::by_id(tx, &parents.into_iter().collect::<Vec<_>>()).await
}

/// What stands on the messages that somebody reacts to. No query when nobody does.
async fn reactions(
    tx: &mut AsyncPgConnection,
    changes: &[(Grant, Change)],
    rows: &[Row],
) -> Result<Reactions, DieselError> {
    let mut keys = HashSet::new();
    for (grant, change) in changes {
        if let Change::React { id, emoji, .. } = change
            && let Some(row) = rows.iter().find(|row| row.id == *id)
        {
            let spot = (row.timeline_id, row.seq);
            keys.insert(Key { spot, emoji: emoji.as_str().into(), user: grant.user() });
        }
    }
    let keys = keys.into_iter().collect::<Vec<_>>();
    let stands = crate::store::reactions::stands(tx, &keys).await?;
    Ok(Reactions::new(&keys, &stands))
}

/// Writes what is kept beside the rows of messages. No query for what there is none of.
async fn write_beside(tx: &mut AsyncPgConnection, unit: &UnitOfWork) -> Result<(), DieselError> {
    use crate::store::reactions;
    let (mentioned, unmentioned) = unit.mentions();
    mentions::insert(tx, mentioned).await?;
    mentions::delete(tx, unmentioned).await?;
    edits::insert(tx, unit.former()).await?;
    reactions::put(tx, &unit.reactions().put()).await?;
    reactions::take(tx, &unit.reactions().taken()).await?;
    reactions::count(tx, &unit.reactions().counts()).await?;
    media::claim(tx, unit.files().claims()).await?;
    if let Some((messages, at)) = unit.files().released() {
        media::release(tx, messages, at).await?;
    }
    previews::remove(tx, &unit.previews().dropped()).await?;
    previews::put(tx, &unit.previews().kept()).await?;
    let (timelines, seqs) = unit.cleared();
    if !timelines.is_empty() {
        edits::delete(tx, &timelines, &seqs).await?;
        reactions::clear(tx, &timelines, &seqs).await?;
    }
    Ok(())
}

/// Leaves what follows from the changes to be done. No query when nothing does.
async fn follow(
    tx: &mut AsyncPgConnection,
    jobs: Option<&Queue>,
    unit: &UnitOfWork,
) -> Result<(), DieselError> {
    let Some(jobs) = jobs else { return Ok(()) };
    let unseen = unit.unseen_links().into_iter();
    let unseen = unseen.map(|message| FetchPreview { message }).collect::<Vec<_>>();
    if unseen.is_empty() {
        return Ok(());
    }
    jobs.add_all(tx, unseen.iter().map(|job| (job, jobs.now()))).await
}

/// The event of one change of a row.
fn event(told: &RowChange, around: &Around) -> Result<Event, Internal> {
    let RowChange { row, what, by, place, version } = told;
    let (message_id, seq, rev, user_id) = (row.id, row.seq, row.rev, *by);
    let message = || MessageView::new(row.clone(), *place, around);
    let (channel_id, conversation_id) = event::names(place.timeline, place.kind);
    let pin = PinChanged { message_id, channel_id, conversation_id, user_id };
    let happening = match what {
        ChangeKind::Written => Happening::Written(message()),
        ChangeKind::Edited => Happening::Edited(message()),
        ChangeKind::Updated => Happening::Updated(message()),
        ChangeKind::Deleted => Happening::Deleted(message_id, seq, rev),
        ChangeKind::Pinned => Happening::Pinned(pin, seq, rev),
        ChangeKind::Unpinned => Happening::Unpinned(pin, seq, rev),
        ChangeKind::Reacted { emoji, op, count } => {
            let (emoji, op, count) = (emoji.clone(), *op, *count);
            let reaction =
                ReactionChanged { message_id, channel_id, conversation_id, emoji, user_id, op, count };
            Happening::Reacted(reaction, seq, rev)
        }
    };
    happening.event(*place, *version)
}

fn outcome(done: Done, around: &Around) -> Outcome {
    let Done { rows, changed, place } = done;
    Outcome { messages: rows.into_iter().map(|row| MessageView::new(row, place, around)).collect(), changed }
}
