//! How many people there are.

use chrono::TimeDelta;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Identity;
use crate::password::PasswordLoad;
use crate::store::stats;
use crate::{Admin, Error};

/// Who logged in or used a session in this time is active.
const ACTIVE: TimeDelta = TimeDelta::days(30);
/// Who signed up in this time is new.
const NEW: TimeDelta = TimeDelta::days(7);

/// How many people there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserCounts {
    /// Accounts, imported and suspended ones too, deleted ones not.
    #[schema(example = 1024)]
    pub total: i64,
    /// Those who logged in or used a session in the last 30 days.
    #[schema(example = 300)]
    pub active: i64,
    /// Those made in the last 7 days.
    #[schema(example = 12)]
    pub new: i64,
    /// Those that may not be used.
    #[schema(example = 3)]
    pub suspended: i64,
    /// When the first of them was made.
    pub oldest: Option<Timestamp>,
}

impl Identity {
    /// How much the hashing of passwords has to do.
    pub fn password_load(&self) -> PasswordLoad {
        self.hasher.load()
    }

    /// How many people there are. Reads every account: to be asked for now and then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_users(&self, _: &Admin) -> Result<UserCounts, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let (total, new, suspended, oldest) = stats::accounts(&mut conn, now.plus(-NEW)).await?;
        let active = stats::active(&mut conn, now.plus(-ACTIVE)).await?;
        Ok(UserCounts { total, active, new, suspended, oldest })
    }
}
