//! What the database has in the end, compared with what was acknowledged.

use std::collections::HashMap;
use std::sync::Arc;

use super::senders::Acked;
use crate::fail::{Context as _, Outcome};
use crate::meter::number::whole;
use crate::stage::{Database, Target};

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stored {
    /// Acknowledged, and not there.
    pub(super) lost: u64,
    /// There more than once.
    pub(super) doubled: u64,
    /// There in another place than the answer said.
    pub(super) misplaced: u64,
    /// Channels whose numbers have gaps or do not agree with their head.
    pub(super) gaps: u64,
}

/// A stored message: its number, its channel, its place.
type Found = (u64, String, u64);

/// Compares; `channels` are those of the senders.
pub(super) fn compare(
    database: &Database,
    target: &Target,
    acked: &HashMap<u64, Acked>,
    channels: &[Arc<str>],
    from: u64,
) -> Outcome<Stored> {
    let rows = database.rows(target.stored(), &[])?;
    let found = rows.iter().map(|row| {
        let number = |column| {
            let value: i64 = row.try_get(column)?;
            Ok::<_, tokio_postgres::Error>(u64::try_from(value).unwrap_or(0))
        };
        Ok((number(0)?, row.try_get(1)?, number(2)?))
    });
    let found = found
        .collect::<Result<Vec<Found>, tokio_postgres::Error>>()
        .context(|| "could not read what was stored".to_owned())?;
    let gaps = database.rows(target.gaps(), &[])?;
    Ok(Stored {
        gaps: whole(gaps.len()),
        ..judge(found.into_iter().filter(|row| row.0 >= from), acked, channels)
    })
}

fn judge(found: impl Iterator<Item = Found>, acked: &HashMap<u64, Acked>, channels: &[Arc<str>]) -> Stored {
    let (mut stored, mut seen) = (Stored::default(), HashMap::with_capacity(acked.len()));
    for (number, channel, seq) in found {
        *seen.entry(number).or_insert(0_u64) += 1;
        let Some(told) = acked.get(&number) else { continue };
        let its = channels.get(told.sender).is_some_and(|its| **its == channel);
        if !its || told.seq.is_some_and(|told| told != seq) {
            stored.misplaced += 1;
        }
    }
    stored.lost = whole(acked.keys().filter(|number| !seen.contains_key(number)).count());
    stored.doubled = whole(seen.values().filter(|times| **times > 1).count());
    stored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_found() {
        let acked = [(1, 1), (2, 2), (3, 3), (4, 4)];
        let acked = acked.map(|(number, seq)| (number, Acked { sender: 0, seq: Some(seq) })).into();
        let channels: [Arc<str>; 1] = ["a".into()];
        let rows = |rows: &[(u64, &str, u64)]| {
            let rows = rows.iter().map(|(number, channel, seq)| (*number, (*channel).to_owned(), *seq));
            judge(rows.collect::<Vec<_>>().into_iter(), &acked, &channels)
        };
        let good = [(1, "a", 1), (2, "a", 2), (3, "a", 3), (4, "a", 4), (5, "a", 5)];
        assert_eq!(rows(&good), Stored::default(), "one more that nobody was told of is no fault");
        let bad = [(1, "a", 1), (1, "a", 9), (2, "b", 2), (3, "a", 3)];
        assert_eq!(rows(&bad), Stored { lost: 1, doubled: 1, misplaced: 2, gaps: 0 });
    }
}
