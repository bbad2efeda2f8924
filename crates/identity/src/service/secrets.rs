//! Keeping sealed values under the newest key.

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::Identity;
use crate::Error;
use crate::store::sealed::{self, Replacement, Value};
use crate::vault::{COLUMNS, Column};

/// Of those that do not open, this many are told by name.
const TOLD: usize = 10;

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Values that were sealed anew.
    pub renewed: usize,
    /// Values that changed under its hands: whoever changed them sealed them anew.
    pub changed: usize,
    /// Values that do not open.
    pub failed: usize,
    /// Some of those, with the reason.
    pub failures: Vec<String>,
}

/// How much one key is used in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// `table.column`.
    pub column: String,
    /// The key's id; empty for what is no sealed value.
    pub key_id: String,
    /// Values.
    pub count: i64,
}

impl Identity {
    /// Seals every value with the first key that is under another one, `slice` rows at a time. It can be stopped and
    /// begun again at any time, and gateways may run meanwhile, as long as they know both keys. `progress` hears of
    /// each slice: its column and what was done so far.
    ///
    /// # Errors
    /// [`Error::Database`]. Values that do not open are counted, and no error.
    pub async fn rotate_secrets(
        &self,
        slice: i64,
        mut progress: impl FnMut(&str, &Rotation),
    ) -> Result<Rotation, Error> {
        let mut done = Rotation::default();
        for column in COLUMNS {
            let mut after = Uuid::nil();
            loop {
                let mut conn = self.pool.get().await?;
                let values =
                    sealed::stale(&mut conn, column, &self.vault.head()?, after, slice.max(1)).await?;
                let Some(last) = values.last() else { break };
                after = last.id;
                self.renew(&mut conn, column, &values, &mut done).await?;
                progress(&column.to_string(), &done);
            }
        }
        Ok(done)
    }

    async fn renew(
        &self,
        conn: &mut AsyncPgConnection,
        column: &'static Column,
        values: &[Value],
        done: &mut Rotation,
    ) -> Result<(), Error> {
        let mut exchange = Replacement::default();
        for value in values {
            let place = column.of(value.id);
            let plain = match self.vault.open(place, &value.sealed) {
                Ok(plain) => plain,
                Err(error) => {
                    done.failed += 1;
                    if done.failures.len() < TOLD {
                        done.failures.push(error.to_string());
                    }
                    continue;
                }
            };
            exchange.rows.push(value.id);
            exchange.old.push(value.sealed.clone());
            exchange.new.push(self.vault.seal(place, &plain)?);
            if let Some((_, purpose)) = column.digest {
                exchange.digests.push(self.vault.digest(purpose, &plain)?);
            }
        }
        let renewed = sealed::exchange(conn, column, &exchange).await?;
        done.renewed += renewed;
        done.changed += exchange.rows.len().saturating_sub(renewed);
        Ok(())
    }

    /// Which keys sealed what is stored now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn secret_key_uses(&self) -> Result<Vec<KeyUse>, Error> {
        let mut uses = Vec::new();
        let mut conn = self.pool.get().await?;
        for column in COLUMNS {
            let found = sealed::uses(&mut conn, column).await?;
            let found = found.into_iter();
            uses.extend(found.map(|one| KeyUse {
                column: column.to_string(),
                key_id: one.key_id,
                count: one.count,
            }));
        }
        Ok(uses)
    }

    /// The ids of the keys of the configuration; the first one seals.
    pub fn secret_key_ids(&self) -> Vec<String> {
        self.vault.key_ids()
    }
}
