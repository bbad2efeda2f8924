//! One transaction: some changes of some timelines, all or none.

use std::collections::HashMap;

use backbone::db::{DbError, Pool, Transaction, Undone};
use backbone::jobs::Queue;
use diesel::QueryResult;
use diesel::result::Error as DieselError;
use diesel_async::AsyncPgConnection;
use futures_util::future::try_join;
use identity::{Identity, UserCard};
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

/// Commits those of the changes that may be made. Those that `late` gives, at most so many, join them when the locks are there:
/// whether one of these was sent before is not looked up, so then the database refuses the batch, and it is to be tried without.
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
    let Made { unit, done, mut cards } = match make(&mut tx, changes, late).await {
        Ok(made) => made,
        Err(error) => {
            tx.roll_back().await;
            return Err(error.into());
        }
    };
    if unit.only_appends() && done.iter().flatten().all(|done| done.changed) {
        // Nearly all that people do: the second of two round trips.
        let strangers = reading::strangers(changes, &cards);
        let last = try_join(append(tx.conn(), unit.appended()), Identity::cards(tx.conn(), &strangers));
        let ((), others) = tx.commit_behind(last).await?;
        cards.extend(others);
        return told(&unit, done, &Around::new_ones(cards)).map_err(Failed::Committing);
    }
    match write_all(&mut tx, jobs, &unit, done, cards).await {
        Ok(written) => {
            tx.commit().await?;
            Ok(written)
        }
        Err(error) => {
            tx.roll_back().await;
            Err(error.into())
        }
    }
}

/// What changes come to, in memory.
struct Made {
    unit: UnitOfWork,
    /// In the order of the changes.
    done: Vec<Result<Done, Error>>,
    /// Who is shown beside them, as far as they were there from the beginning.
    cards: HashMap<UserId, UserCard>,
}

/// Begins, and makes the changes. Nothing is written yet.
async fn make(
    tx: &mut Transaction<'_>,
    changes: &mut Vec<(Grant, Change)>,
    late: impl FnOnce(usize, &Fits<'_>) -> Vec<(Grant, Change)>,
) -> QueryResult<Made> {
    let (mut unit, cards) = reading::begin(tx, changes).await?;
    let fits = |grant: &Grant, change: &Change| unit.locks(grant) && change.can_join();
    // Theirs is the fate of the batch from here on, also when it fails.
    changes.extend(late(MOST.saturating_sub(changes.len()), &fits));
    let done = changes.iter().map(|(grant, change)| unit.apply(grant, change)).collect();
    Ok(Made { unit, done, cards })
}

/// Writes what the changes come to, one statement after the other.
async fn write_all(
    tx: &mut Transaction<'_>,
    jobs: Option<&Queue>,
    unit: &UnitOfWork,
    done: Vec<Result<Done, Error>>,
    cards: HashMap<UserId, UserCard>,
) -> QueryResult<Written> {
    let tx = tx.conn_mut();
    append(tx, unit.appended()).await?;
    write::update(tx, &unit.changed()).await?;
    write_beside(tx, unit).await?;
    follow(tx, jobs, unit).await?;
    let answered = done.iter().flatten().flat_map(|done| &done.rows);
    let rows = answered.chain(unit.told().iter().map(|told| &told.row));
    let around = Around::with(tx, cards, rows).await?;
    told(unit, done, &around).map_err(|error| DieselError::SerializationError(Box::new(error)))
}

/// What is told of the changes.
fn told(unit: &UnitOfWork, done: Vec<Result<Done, Error>>, around: &Around) -> Result<Written, DbError> {
    let events = unit.told().iter().map(|told| event(told, around)).collect::<Result<_, _>>();
    let events = events.map_err(|fault: Internal| DieselError::SerializationError(fault.0))?;
    Ok((done.into_iter().map(|done| Ok(outcome(done?, around))).collect(), events))
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
