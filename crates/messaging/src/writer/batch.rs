//! One transaction: some changes of some timelines, all or none.

use std::collections::{HashMap, HashSet};

use backbone::db::{DbError, Pool};
use diesel::result::Error as DieselError;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::{Identity, UserCard};
use kernel::{Event, Grant, UserId};

use super::desk::{Change, Desk, Done, What};
use crate::event::Happening;
use crate::store::{heads, marks, write};
use crate::view::MessageView;
use crate::{Error, fence};

/// What became of a change.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The message as it is now.
    pub(crate) message: MessageView,
    /// Whether this change made it so. Not, for a send whose nonce had been used.
    pub(crate) changed: bool,
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
pub(super) async fn commit(pool: &Pool, changes: &[(Grant, Change)]) -> Result<Written, Failed> {
    let mut conn = pool.get().await.map_err(Failed::Before)?;
    let mut applied = false;
    let applied_now = &mut applied;
    let done = conn.transaction(async move |tx| {
        let written = apply(tx, changes).await?;
        *applied_now = true;
        Ok::<_, DieselError>(written)
    });
    match done.await {
        Ok(written) => Ok(written),
        Err(error) if applied => Err(Failed::Committing(error.into())),
        Err(error) => Err(Failed::Before(error.into())),
    }
}

async fn apply(tx: &mut AsyncPgConnection, changes: &[(Grant, Change)]) -> Result<Written, DieselError> {
    let mut desk = open(tx, changes).await?;
    let done = changes.iter().map(|(grant, change)| desk.apply(grant, change)).collect::<Vec<_>>();
    write::insert(tx, &desk.created()).await?;
    write::update(tx, &desk.changed()).await?;
    heads::advance(tx, &desk.advanced()).await?;
    marks::advance(tx, &desk.read()).await?;
    let authors = done.iter().flatten().map(|done| done.row.author_id).collect::<HashSet<_>>();
    let authors = Identity::cards(tx, &authors.into_iter().collect::<Vec<_>>()).await?;
    report(done, &authors)
}

/// Locks what the changes touch and reads what they need to know.
async fn open(tx: &mut AsyncPgConnection, changes: &[(Grant, Change)]) -> Result<Desk, DieselError> {
    let mut timelines = changes.iter().map(|(grant, _)| grant.timeline()).collect::<Vec<_>>();
    timelines.sort_unstable();
    timelines.dedup();
    let scopes = changes.iter().map(|(grant, _)| grant.scope()).collect::<Vec<_>>();
    // First the scopes, then the heads, as everybody who changes rights does.
    fence::hold(tx, &scopes).await?;
    let heads = heads::lock(tx, &timelines).await?;
    // Only now: a statement sees what was committed before it began, and the locks may have had to wait.
    let nonces = changes.iter().flat_map(|(grant, change)| change.nonces(grant)).collect::<HashSet<_>>();
    let ids = changes.iter().filter_map(|(_, change)| change.mentioned()).collect::<HashSet<_>>();
    let mut rows = write::by_nonce(tx, &nonces.iter().collect::<Vec<_>>()).await?;
    rows.extend(write::by_id(tx, &ids.into_iter().collect::<Vec<_>>()).await?);
    Ok(Desk::new(heads, rows))
}

/// Turns what was done into answers and events.
fn report(
    done: Vec<Result<Done, Error>>,
    authors: &HashMap<UserId, UserCard>,
) -> Result<Written, DieselError> {
    let mut events = Vec::with_capacity(done.len());
    let mut outcomes = Vec::with_capacity(done.len());
    for done in done {
        outcomes.push(match done {
            Err(error) => Err(error),
            Ok(Done { row, what, place, version }) => {
                let (id, seq, rev) = (row.id, row.seq, row.rev);
                let message = MessageView::new(row, place, authors);
                let happening = match what {
                    What::Nothing => None,
                    What::Written => Some(Happening::Written(message.clone())),
                    What::Edited => Some(Happening::Edited(message.clone())),
                    What::Deleted => Some(Happening::Deleted(id, seq, rev)),
                };
                if let Some(happening) = &happening {
                    let event = happening.event(place, version);
                    events.push(event.map_err(|fault| DieselError::SerializationError(fault.0))?);
                }
                Ok(Outcome { message, changed: happening.is_some() })
            }
        });
    }
    Ok((outcomes, events))
}
