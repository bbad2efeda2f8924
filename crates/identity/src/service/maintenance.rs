//! What has to be done now and then.

use kernel::ApiKeyId;

use super::Identity;
use crate::Error;
use crate::store::{api_keys, oauth, proofs, sessions};

/// How long what was mailed is kept after it stopped to work: longer than a letter is tried.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::days(1);

impl Identity {
    /// Writes down which sessions and API keys were used since the last call: once a minute is meant.
    ///
    /// # Errors
    /// [`Error::Database`]; what was to be written is lost, and harms nobody.
    pub async fn note_use(&self) -> Result<(), Error> {
        let used = self.used.take();
        if used.is_empty() {
            return Ok(());
        }
        let mut conn = self.pool.get().await?;
        sessions::touch(&mut conn, &used, self.env.now()).await?;
        // Which of them are keys only the tables know.
        let keys = used.into_iter().map(|id| ApiKeyId::from(id.uuid())).collect::<Vec<_>>();
        api_keys::touch(&mut conn, &keys, self.env.now()).await?;
        Ok(())
    }

    /// Removes at most `limit` sessions that are over for so long that no token of theirs could still work; returns how
    /// many there were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_sessions(&self, limit: i64) -> Result<usize, Error> {
        // A revoked session must be read by gateways that start as long as its access token would work.
        let before = self.env.now().plus(-self.memory());
        let mut conn = self.pool.get().await?;
        Ok(sessions::sweep(&mut conn, before, limit).await?)
    }

    /// Removes codes, links and wishes from letters that stopped to work a day ago, at most `limit` of each; returns how
    /// many there were. A letter that still waits to be written keeps what it answers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_proofs(&self, limit: i64) -> Result<usize, Error> {
        let before = self.env.now().plus(-KEPT);
        let mut conn = self.pool.get().await?;
        let removed = proofs::sweep(&mut conn, before, limit).await?;
        Ok(usize::try_from(removed).unwrap_or(0))
    }

    /// Removes at most `limit` one-time codes that expired; returns how many there were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_oauth(&self, limit: i64) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        Ok(oauth::sweep_codes(&mut conn, self.env.now(), limit).await?)
    }

    /// Removes at most `limit` API keys that are over for as long as [`Self::sweep_sessions`] says; returns how many there
    /// were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_keys(&self, limit: i64) -> Result<usize, Error> {
        let before = self.env.now().plus(-self.memory());
        let mut conn = self.pool.get().await?;
        Ok(api_keys::sweep(&mut conn, before, limit).await?)
    }
}
