//! What must be locked and known before changes are made.

use std::collections::{HashMap, HashSet};

use backbone::db::Transaction;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::{try_join, try_join5};
use identity::{Identity, UserCard};
use kernel::{Grant, ScopeId, UserId};

use super::change::Change;
use super::unit::{Files, Reactions, UnitOfWork};
use crate::fence;
use crate::row::Row;
use crate::store::reactions::Key;
use crate::store::{heads, write};

/// Begins the transaction, locks what the changes touch, and reads what they need to know; and who is shown beside new
/// messages. In one round trip, but for what only some changes need.
pub(super) async fn begin(
    tx: &mut Transaction<'_>,
    changes: &[(Grant, Change)],
) -> QueryResult<(UnitOfWork, HashMap<UserId, UserCard>)> {
    let timelines = unique(changes.iter().map(|(grant, _)| grant.timeline()));
    let shown = unique(changes.iter().flat_map(|(_, change)| change.shown()));
    let named_by = unique(changes.iter().filter_map(|(_, change)| change.names()));
    let nonces = changes.iter().flat_map(|(grant, change)| change.nonces(grant)).collect::<HashSet<_>>();
    let nonces = nonces.iter().collect::<Vec<_>>();
    let ids = unique(changes.iter().flat_map(|(_, change)| change.touched()));
    // The database does one after the other, in this order: first the scopes are held, then the heads are locked, as everybody
    // does who changes rights. A statement sees what was committed before it began, so the rest comes behind the locks.
    let scopes = held(changes);
    let holding = fence::hold(tx.conn(), &scopes);
    let reading = try_join5(
        heads::lock(tx.conn(), &timelines),
        Identity::cards(tx.conn(), &shown),
        fence::reaches(tx.conn(), &named_by),
        write::by_nonce(tx.conn(), &nonces),
        write::by_id(tx.conn(), &ids),
    );
    let ((), (heads, cards, reaches, mut rows, touched)) = tx.begin(try_join(holding, reading)).await?;
    rows.extend(touched);
    let tx = tx.conn_mut();
    rows.extend(parents(tx, changes, &rows).await?);
    let reactions = reactions(tx, changes, &rows).await?;
    let pins = changes.iter().filter(|(_, change)| matches!(change, Change::Pin { .. }));
    let pins = pins.map(|(grant, _)| grant.timeline()).collect::<Vec<_>>();
    let pinned = write::pinned(tx, &pins).await?.into_iter().collect();
    let files = unique(changes.iter().flat_map(|(_, change)| change.files()).copied());
    let files = media::lock(tx, &files).await?;
    let filed = changes.iter().filter(|(_, change)| change.takes_room()).map(|(grant, _)| grant.scope());
    let taken = media::taken(tx, &filed.collect::<Vec<_>>()).await?;
    let unit = UnitOfWork::new(heads, rows).with(reactions, pinned).with_reaches(reaches);
    Ok((unit.with_files(Files::new(files, taken)), cards))
}

/// Those who are shown beside new messages and are not known yet.
pub(super) fn strangers(changes: &[(Grant, Change)], known: &HashMap<UserId, UserCard>) -> Vec<UserId> {
    let shown = changes.iter().flat_map(|(_, change)| change.shown());
    unique(shown.filter(|user| !known.contains_key(user)))
}

/// Each once, in one order for everybody.
fn unique<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items = items.collect::<Vec<_>>();
    items.sort_unstable();
    items.dedup();
    items
}

/// What must stay as the changes' grants know it: the scopes of their places, and of those who name others.
fn held(changes: &[(Grant, Change)]) -> Vec<ScopeId> {
    let names = |change: &Change| change.names().map(ScopeId::from);
    changes.iter().flat_map(|(grant, change)| [Some(grant.scope()), names(change)]).flatten().collect()
}

/// Those in whose threads the messages stand that are to be deleted. No query when none stands in one.
async fn parents(
    tx: &mut AsyncPgConnection,
    changes: &[(Grant, Change)],
    rows: &[Row],
) -> QueryResult<Vec<Row>> {
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
) -> QueryResult<Reactions> {
    let mut keys = HashSet::new();
    for (grant, change) in changes {
        if let Change::React { id, emoji, .. } = change
            && let Some(row) = rows.iter().find(|row| row.id == *id)
        {
            let message = (row.timeline_id, row.seq);
            keys.insert(Key { message, emoji: emoji.as_str().into(), user: grant.user() });
        }
    }
    let keys = keys.into_iter().collect::<Vec<_>>();
    let stands = crate::store::reactions::stands(tx, &keys).await?;
    Ok(Reactions::new(&keys, &stands))
}
