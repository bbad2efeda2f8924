//! The reader of the log that keeps what messages are found by.
//!
//! Who writes a message does not wait for its indexing: a gateway notes which timelines its writers moved, and reads on in
//! them right after. What a gateway that died had noted is found by comparing marks with heads.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backbone::db::{DbError, Pool};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use kernel::TimelineId;
use media::AttachmentView;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::fold::Folded;
use super::{Mentioned, grams, tags};
use crate::Messaging;
use crate::store::search::{self, ChangedMessage, Entry, Mark};

/// Timelines read in one transaction.
const TIMELINES: usize = 16;
/// Changes of one timeline read in one transaction.
const CHANGES: i64 = 250;
/// Messages that are taken apart without letting anybody else go on: who sends waits on the same threads.
const AT_ONCE: usize = 50;
/// How often marks and heads are compared. It reads both tables.
const COMPARE: Duration = Duration::from_secs(60);
/// Timelines that one comparison finds.
const FOUND: i64 = 1_000;
/// From one beginning to read on to the next, at least: what comes meanwhile is read together, which costs a fraction. What is
/// written after a pause is found at once.
const PACE: Duration = Duration::from_millis(250);
/// So many times as long as it read, the reader rests: indexing costs more than sending, and who sends comes first.
const REST: u32 = 2;
/// It reads no longer than this before it rests, though there is more.
const ROUND: Duration = Duration::from_secs(1);
/// How long to wait when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// The timelines that moved in this process and are not read on yet. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved(Arc<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    timelines: Mutex<HashSet<TimelineId>>,
    news: Notify,
}

impl Moved {
    /// Notes that something was committed there.
    pub(crate) fn note(&self, timelines: impl IntoIterator<Item = TimelineId>) {
        self.0.timelines.lock().unwrap_or_else(PoisonError::into_inner).extend(timelines);
        self.0.news.notify_one();
    }

    fn take(&self) -> Vec<TimelineId> {
        self.0.timelines.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }

    async fn news(&self) {
        self.0.news.notified().await;
    }
}

impl Messaging {
    /// Keeps what messages are found by, until it is dropped. Several processes may.
    pub async fn keep_index(&self) {
        let mut compare = interval(COMPARE);
        compare.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.moved.news() => {}
                _ = compare.tick() => match self.behind().await {
                    Ok(behind) => self.moved.note(behind),
                    Err(error) => tracing::warn!(%error, "could not compare what is indexed with what is written"),
                },
            }
            let began = Instant::now();
            self.read_on().await;
            sleep_until((began + PACE).max(Instant::now() + began.elapsed() * REST)).await;
        }
    }

    async fn behind(&self) -> Result<Vec<TimelineId>, DbError> {
        let mut conn = self.pool.get().await?;
        Ok(search::behind(&mut conn, &self.search.language, FOUND).await?)
    }

    /// Reads on in everything that is noted, for a round.
    async fn read_on(&self) {
        let (mut behind, began) = (self.moved.take(), Instant::now());
        while !behind.is_empty() {
            if began.elapsed() > ROUND {
                return self.moved.note(behind);
            }
            let some = behind.split_off(behind.len().saturating_sub(TIMELINES));
            match slice(&self.pool, &some, &self.search.language).await {
                Ok(unfinished) => behind.extend(unfinished),
                Err(error) => {
                    tracing::warn!(%error, "messages could not be indexed");
                    behind.extend(some);
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Reads on in some timelines; returns those in which there is more.
async fn slice(pool: &Pool, ids: &[TimelineId], language: &str) -> Result<Vec<TimelineId>, DbError> {
    let mut conn = pool.get().await?;
    let done = conn.transaction(async move |tx| read(tx, ids, language).await);
    Ok(done.await?)
}

async fn read(
    tx: &mut AsyncPgConnection,
    ids: &[TimelineId],
    language: &str,
) -> Result<Vec<TimelineId>, diesel::result::Error> {
    // Nobody waits for it, and after a crash it is read again: it does not make those wait who flush what they sent.
    tx.batch_execute("SET LOCAL synchronous_commit = off").await?;
    let marks = search::hold(tx, ids, language).await?;
    let fresh = search::since(tx, &marks, CHANGES).await?;
    let (gone, alive): (Vec<_>, Vec<_>) = fresh.iter().partition(|row| row.gone);
    search::remove(tx, &gone.into_iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let filed = alive.iter().filter(|row| row.files > 0).map(|row| row.id).collect::<Vec<_>>();
    let files = media::attached(tx, &filed).await?;
    let mut entries = Vec::with_capacity(alive.len());
    for some in alive.chunks(AT_ONCE) {
        let files = |row: &ChangedMessage| files.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        entries.extend(some.iter().map(|row| entry(row, files(row))));
        yield_now().await;
    }
    search::put(tx, &entries, language).await?;
    let mut read = BTreeMap::<TimelineId, (i64, i64)>::new();
    for row in &fresh {
        let (rows, rev) = read.entry(row.timeline).or_default();
        (*rows, *rev) = (*rows + 1, row.rev.max(*rev));
    }
    let marks = read.iter().map(|(timeline, (_, rev))| Mark { timeline: *timeline, rev: *rev });
    search::advance(tx, &marks.collect::<Vec<_>>(), language).await?;
    Ok(read.into_iter().filter(|(_, (rows, _))| *rows == CHANGES).map(|(timeline, _)| timeline).collect())
}

fn entry(row: &ChangedMessage, files: &[AttachmentView]) -> Entry {
    let folded = Folded::new(&row.content);
    let body = folded.text();
    let mut words = grams::of_text(&folded.chars);
    words.extend(tags::of_text(&body));
    words.extend(tags::of_files(files));
    let users = row.mentioned.iter().flatten().copied().map(Mentioned::User);
    let everyone = row.everyone.then_some(Mentioned::Everyone);
    words.extend(users.chain(everyone).map(tags::mention));
    words.extend([tags::timeline(row.timeline), tags::scope(row.scope), tags::author(row.author)]);
    let words = words.into_iter().map(serde_json::Value::from).collect::<serde_json::Value>();
    Entry { id: row.id, timeline: row.timeline, seq: row.seq, tags: words.to_string(), body }
}
