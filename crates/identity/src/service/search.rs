//! Finding people.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use kernel::UserId;

use super::Identity;
use crate::input::Wanted;
use crate::store::{profiles, search};
use crate::{Error, User};

/// People that a search finds at most: who is not among them is found by more letters.
const MATCHES_MAX: i64 = 200;
/// Names that are compared at most, of those that are alike. Comparing one takes some microseconds.
const COMPARED_MAX: i64 = 2_000;

/// People with one phone number who are found: nobody checks whose it is, so any number of accounts may claim it.
const SAME_NUMBER_MAX: i64 = 20;

impl Identity {
    /// The people whom `wanted` finds, the best match first, at most 200: who has exactly this e-mail address or phone
    /// number and wants to be found by it, then those whose username or name begins with it, then those of whose names a
    /// part is like it. Never those of `hidden` (give the asker's own id), suspended or deleted ones.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find(&self, wanted: &Wanted, hidden: &[UserId]) -> Result<Vec<UserId>, Error> {
        let mut conn = self.pool.get().await?;
        self.matches(&mut conn, wanted, hidden).await
    }

    /// The accounts of `ids`, in their order, but for those that were deleted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.pool.get().await?;
        let users = profiles::all_alive(&mut conn, ids).await?.into_iter();
        let mut users = users.map(|user| (user.id, user)).collect::<HashMap<_, _>>();
        Ok(ids.iter().filter_map(|id| users.remove(id)).collect())
    }

    /// Everybody who is found, the best match first.
    async fn matches(
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
