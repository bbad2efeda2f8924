//! One transaction: some changes of some timelines, all or none.

use std::collections::HashMap;

use backbone::db::{DbError, Pool, Transaction, Undone};
use backbone::jobs::Queue;
use diesel::QueryResult;
use diesel::result::Error as DieselError;
use diesel_async::AsyncPgConnection;
use identity::UserCard;
use kernel::{Event, Grant, Internal, UserId};

use super::change::Change;
use super::outcome::{Outcome, event, outcome};
use super::reading;
use super::unit::{Done, UnitOfWork};
use crate::Error;
use crate::assemble::Around;
use crate::preview::FetchPreview;
use crate::store::append::append;
use crate::store::{edits, mentions, previews, write};

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

impl From<DieselError> for Failed {
    fn from(error: DieselError) -> Self {
        Self::Before(error.into())
    }
}

impl From<Undone> for Failed {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Refused(error) => Self::Before(error.into()),
            Undone::Unknown(error) => Self::Committing(error.into()),
        }
    }
}

/// Whether a change can still join a batch.
pub(super) type Fits<'a> = dyn Fn(&Grant, &Change) -> bool + 'a;

/// Changes in a batch at most: more gain nothing (measured: the rate is flat from 32 on).
pub(super) const MOST: usize = 64;

/// Commits those of the changes that may be made. Those that `late` gives, at most so many, join them when the locks are there.
///
/// With a queue, what follows from them is left there: links to be looked at.
pub(super) async fn commit(
    pool: &Pool,
    jobs: Option<&Queue>,
    changes: &mut Vec<(Grant, Change)>,
    late: impl FnOnce(usize, &Fits<'_>) -> Vec<(Grant, Change)>,
) -> Result<Written, Failed> {
    let mut conn = pool.get().await.map_err(Failed::Before)?;
    let mut tx = Transaction::on(&mut conn);
    match prepare(&mut tx, jobs, changes, late).await {
        Ok((unit, written)) if unit.only_appends() => {
            // Nearly all that people do: the second of two round trips.
            let appending = append(tx.conn(), unit.appended());
            tx.commit_behind(appending).await?;
            Ok(written)
        }
        Ok((_, written)) => {
            tx.commit().await?;
            Ok(written)
        }
        Err(error) => {
            tx.roll_back().await;
            Err(error.into())
        }
    }
}

/// Makes the changes. What only adds messages is not written yet.
async fn prepare(
    tx: &mut Transaction<'_>,
    jobs: Option<&Queue>,
    changes: &mut Vec<(Grant, Change)>,
    late: impl FnOnce(usize, &Fits<'_>) -> Vec<(Grant, Change)>,
) -> QueryResult<(UnitOfWork, Written)> {
    let (mut unit, mut cards) = reading::begin(tx, changes).await?;
    let begun = changes.len();
    let fits = |grant: &Grant, change: &Change| unit.locks(grant) && change.can_join();
    // Theirs is the fate of the batch from here on, also when it fails.
    changes.extend(late(MOST.saturating_sub(begun), &fits));
    if let Some(late) = changes.get(begun..).filter(|late| !late.is_empty()) {
        cards.extend(reading::join(tx, &mut unit, late).await?);
    }
    let done = changes.iter().map(|(grant, change)| unit.apply(grant, change)).collect::<Vec<_>>();
    let tx = tx.conn_mut();
    if !unit.only_appends() {
        append(tx, unit.appended()).await?;
        write::update(tx, &unit.changed()).await?;
        write_beside(tx, &unit).await?;
        follow(tx, jobs, &unit).await?;
    }
    let written = tell(tx, &unit, done, cards).await?;
    Ok((unit, written))
}

/// What is told of the changes: no query, when everybody is known and nothing stands on the messages.
async fn tell(
    tx: &mut AsyncPgConnection,
    unit: &UnitOfWork,
    done: Vec<Result<Done, Error>>,
    cards: HashMap<UserId, UserCard>,
) -> QueryResult<Written> {
    let answered = done.iter().flatten().flat_map(|done| &done.rows);
    let rows = answered.chain(unit.told().iter().map(|told| &told.row));
    let around = Around::with(tx, cards, rows).await?;
    let events = unit.told().iter().map(|told| event(told, &around)).collect::<Result<_, _>>();
    let events = events.map_err(|fault: Internal| DieselError::SerializationError(fault.0))?;
    Ok((done.into_iter().map(|done| Ok(outcome(done?, &around))).collect(), events))
}

/// Writes what is kept beside the rows of messages. No query for what there is none of.
async fn write_beside(tx: &mut AsyncPgConnection, unit: &UnitOfWork) -> QueryResult<()> {
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
async fn follow(tx: &mut AsyncPgConnection, jobs: Option<&Queue>, unit: &UnitOfWork) -> QueryResult<()> {
    let Some(jobs) = jobs else { return Ok(()) };
    let unseen = unit.unseen_links().into_iter();
    let unseen = unseen.map(|message| FetchPreview { message }).collect::<Vec<_>>();
    if unseen.is_empty() {
        return Ok(());
    }
    jobs.add_all(tx, unseen.iter().map(|job| (job, jobs.now()))).await
}
