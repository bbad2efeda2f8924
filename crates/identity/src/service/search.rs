//! Finding people.

use diesel_async::AsyncPgConnection;
use kernel::UserId;

use super::Identity;
use crate::input::{SearchLimit, Wanted};
use crate::store::{search, users};
use crate::{Error, User};

/// People that a search finds at most: who is not among them is found by more letters.
const MATCHES_MAX: i64 = 200;
/// Names that are compared at most, of those that are alike. Comparing one takes some microseconds.
const COMPARED_MAX: i64 = 2_000;

/// People with one phone number who are found: nobody checks whose it is, so any number of accounts may claim it.
const SAME_NUMBER_MAX: i64 = 20;

/// A page of the people who were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// The people, the best match first.
    pub people: Vec<User>,
    /// How many were found, this page and the others: at most 200.
    pub total: i64,
    /// Where the next page begins, when there is one.
    pub next: Option<i64>,
}

impl Identity {
    /// A page of the people whom `wanted` finds, from the `offset`th on (0 is the first): who has exactly this e-mail
    /// address or phone number and wants to be found by it, then those whose username or name begins with it, then those of whose names
    /// a part is like it. Never those of `hidden` (give the asker's own id), suspended or deleted ones.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn search(
        &self,
        wanted: &Wanted,
        hidden: &[UserId],
        offset: i64,
        limit: SearchLimit,
    ) -> Result<Matches, Error> {
        let mut conn = self.pool.get().await?;
        let found = self.find(&mut conn, wanted, hidden).await?;
        let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let offset = offset.clamp(0, total);
        let (from, size) = (usize::try_from(offset).unwrap_or(0), usize::try_from(limit.get()).unwrap_or(0));
        let page = found.into_iter().skip(from).take(size).collect::<Vec<_>>();
        let mut people = users::by_ids(&mut conn, &page).await?;
        people.sort_by_key(|user| page.iter().position(|id| *id == user.id));
        let end = offset + limit.get();
        Ok(Matches { people, total, next: (end < total).then_some(end) })
    }

    /// Everybody who is found, the best match first.
    async fn find(
        &self,
        conn: &mut AsyncPgConnection,
        wanted: &Wanted,
        hidden: &[UserId],
    ) -> Result<Vec<UserId>, Error> {
        let mut found = Vec::new();
        if let Some(key) = wanted.email_key() {
            found.extend(search::by_email(conn, key, hidden).await?);
        }
        if let Some(phone) = wanted.phone() {
            found.extend(search::by_phone(conn, &self.phone_keys(&phone), hidden, SAME_NUMBER_MAX).await?);
        }
        let end = wanted.end();
        let more = search::beginning(conn, (&wanted.text, &end), hidden, MATCHES_MAX).await?;
        add(&mut found, more);
        let full = i64::try_from(found.len()).is_ok_and(|found| found >= MATCHES_MAX);
        if !full && wanted.allows_alike() {
            let more = search::alike(conn, &wanted.text, hidden, (COMPARED_MAX, MATCHES_MAX)).await?;
            add(&mut found, more);
        }
        found.truncate(usize::try_from(MATCHES_MAX).unwrap_or(usize::MAX));
        Ok(found)
    }
}

/// Adds those who are not there yet.
fn add(found: &mut Vec<UserId>, more: Vec<UserId>) {
    for id in more {
        if !found.contains(&id) {
            found.push(id);
        }
    }
}
