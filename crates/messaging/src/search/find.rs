//! Answering a search.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use kernel::{Allowed, Grant, MessageId, ScopeId, UserId, can};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::rank::{self, Match};
use super::{
    Hit, Search, SearchCursor, SearchLimit, SearchPage, SearchSettings, TIMELINES_MAX, Term, WINDOW,
};
use super::{highlight, id_at, tags};
use crate::assemble::Around;
use crate::model::Place;
use crate::row::Row;
use crate::store::hits::{Condition, Hits};
use crate::store::search;
use crate::view::MessageView;
use crate::{Error, Messaging, fence};

/// How long to wait for one's turn.
const TURN: Duration = Duration::from_secs(2);
/// What the places of a word's matches may take: some 40 bytes for each page of the table that has one, so up to 1.6 million
/// pages (13 GB). With PostgreSQL's usual 4 MB they are forgotten beyond 100,000 pages, and it reads everything instead.
const WORK_MEM: &str = "64MB";
/// Scopes that are named to the index; of more it answers for all, and they are told apart afterwards.
const SCOPES_NAMED: usize = 32;

impl Messaging {
    /// Finds messages in the places that the proofs are of, the first [`TIMELINES_MAX`]. Everything is read in one snapshot,
    /// and the proofs are compared with it.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::TooBroad`] when it took too long; [`Error::Busy`] when others search;
    /// [`Error::Database`].
    pub async fn search(
        &self,
        places: &[Allowed<can::ReadHistory>],
        query: &Search,
        limit: SearchLimit,
    ) -> Result<SearchPage, Error> {
        let nobody = query.authors.as_ref().is_some_and(Vec::is_empty);
        if places.is_empty() || nobody {
            return Ok(SearchPage::default());
        }
        let places = places.get(..TIMELINES_MAX).unwrap_or(places);
        let turn = timeout(TURN, self.search.turns.acquire()).await;
        let _turn = turn.map_err(|_| Error::Busy)?.map_err(kernel::Internal::new)?;
        let cursor = query.cursor.unwrap_or_else(|| {
            let now = rank::top(self.env.now());
            SearchCursor { below: query.before.map_or(now, |before| id_at(before).min(now)), last: None }
        });
        let mut conn = self.pool.get().await?;
        let asked = Asked { language: &self.search.language, places, query, cursor, limit };
        let settings = format!(
            "SET LOCAL statement_timeout = {}; SET LOCAL jit = off; SET LOCAL work_mem = '{WORK_MEM}'",
            self.search.timeout_ms
        );
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        let found = snapshot.run(async move |tx| {
            tx.batch_execute(&settings).await?;
            asked.answer(tx).await
        });
        found.await.map_err(|error: Error| match error {
            Error::Database(error) if error.is_timeout() => Error::TooBroad,
            other => other,
        })
    }
}

/// How this process searches.
#[derive(Debug)]
pub(crate) struct Searching {
    pub(super) language: String,
    timeout_ms: u32,
    /// A search takes a connection for as long as it lasts: others need some too.
    turns: Semaphore,
}

impl Searching {
    pub(crate) fn new(settings: &SearchSettings) -> Self {
        let SearchSettings { language, timeout_ms, at_once } = settings.clone();
        Self { language, timeout_ms, turns: Semaphore::new(at_once) }
    }
}

struct Asked<'a> {
    language: &'a str,
    places: &'a [Allowed<can::ReadHistory>],
    query: &'a Search,
    cursor: SearchCursor,
    limit: SearchLimit,
}

impl Asked<'_> {
    async fn answer(&self, tx: &mut AsyncPgConnection) -> Result<SearchPage, Error> {
        self.still_hold(tx).await?;
        let mut window = self.window(tx).await?;
        let total = i64::try_from(window.len()).unwrap_or(WINDOW).min(WINDOW);
        let full = i64::try_from(window.len()).is_ok_and(|found| found > WINDOW);
        window.truncate(usize::try_from(WINDOW).unwrap_or(usize::MAX));
        let limit = usize::try_from(self.limit.get()).unwrap_or(0);
        let page = rank::page(window, self.cursor, full, limit);
        let hits = self.read(tx, &page.matches).await?;
        Ok(SearchPage { hits, total, total_is_capped: full, next: page.next })
    }

    /// That nobody's rights changed since the proofs were made.
    async fn still_hold(&self, tx: &mut AsyncPgConnection) -> Result<(), Error> {
        let proved = self.places.iter().map(|place| (place.scope(), place.version())).collect::<HashSet<_>>();
        let scopes = proved.iter().map(|(scope, _)| *scope).collect::<Vec<_>>();
        let present = fence::versions(tx, &scopes).await?.into_iter().collect::<HashSet<_>>();
        if proved.is_subset(&present) { Ok(()) } else { Err(Error::Stale) }
    }

    /// The matches that are ranked together, newest first, and one more when there are more.
    async fn window(&self, tx: &mut AsyncPgConnection) -> Result<Vec<Match>, Error> {
        let late = self.places.iter().filter(|place| place.visible_from() > 1);
        let (late, late_from): (Vec<_>, Vec<_>) =
            late.map(|place| (place.timeline(), place.visible_from())).unzip();
        let condition = |term: &Term| Condition { pattern: term.pattern(), word: term.word() };
        let hits = Hits {
            below: self.cursor.below,
            from: self.query.after.map_or(MessageId::from_uuid(uuid::Uuid::nil()), id_at),
            timelines: &self.places.iter().map(|place| place.timeline()).collect::<Vec<_>>(),
            late: &late,
            late_from: &late_from,
            tags: &self.tags(),
            conditions: &self.query.terms.iter().map(condition).collect::<Vec<_>>(),
            language: self.language,
            limit: WINDOW + 1,
        };
        Ok(hits.load(tx).await?)
    }

    /// What the index is asked beside the terms.
    fn tags(&self) -> String {
        let mut all = Vec::new();
        let place = |grant: &Allowed<can::ReadHistory>| Grant::scope(grant);
        let scopes = self.places.iter().map(place).collect::<HashSet<ScopeId>>();
        match self.places {
            [one] => all.push(tags::any([tags::timeline(one.timeline())])),
            _ if scopes.len() <= SCOPES_NAMED => {
                all.push(tags::any(scopes.into_iter().map(tags::scope)));
            }
            _ => {}
        }
        if let Some(authors) = &self.query.authors {
            all.push(tags::any(authors.iter().map(|author: &UserId| tags::author(*author))));
        }
        let has = self.query.has.iter().map(|has| tags::has(*has));
        let mentions = self.query.mentions.iter().map(|who| tags::mention(*who));
        let grams = self.query.terms.iter().flat_map(Term::grams);
        all.extend(has.chain(mentions).chain(grams).map(|word| tags::lexeme(&word)));
        all.join("&")
    }

    /// The messages themselves, as they stand in the log in this snapshot.
    async fn read(&self, tx: &mut AsyncPgConnection, matches: &[Match]) -> Result<Vec<Hit>, Error> {
        let Some(reader) = self.places.first().map(|place| place.user()) else { return Ok(Vec::new()) };
        let places = matches.iter().map(|one| (one.timeline, one.seq)).collect::<Vec<_>>();
        let read = search::at(tx, &places).await?;
        let rows = read.iter().map(|(row, ..)| row.clone()).collect::<Vec<_>>();
        let around = Around::of(tx, &rows).await?.for_reader(tx, reader).await?;
        let forms = self.forms(tx, &rows).await?;
        let mut hits = HashMap::new();
        for (row, kind, scope) in read {
            let place = Place { timeline: row.timeline_id, kind, scope };
            let highlights = highlight::spans(&row.content, &self.query.terms, &forms);
            let message = MessageView::new(row, place, &around);
            hits.insert(message.id, Hit { message, highlights });
        }
        Ok(matches.iter().filter_map(|one| hits.remove(&one.id)).collect())
    }

    /// Those words of some texts that are other forms of what was looked for.
    async fn forms(&self, tx: &mut AsyncPgConnection, rows: &[Row]) -> Result<HashSet<String>, Error> {
        let words = rows.iter().flat_map(|row| highlight::candidates(&row.content, &self.query.terms));
        let words = words.collect::<HashSet<_>>();
        if words.is_empty() {
            return Ok(words);
        }
        let terms = self.query.terms.iter().filter_map(Term::word).collect::<Vec<_>>();
        let terms = terms.iter().map(String::as_str).collect::<Vec<_>>();
        let words = words.iter().map(String::as_str).collect::<Vec<_>>();
        Ok(search::forms(tx, &words, &terms, self.language).await?.into_iter().collect())
    }
}
