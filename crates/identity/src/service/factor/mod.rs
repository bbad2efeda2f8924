//! The second factor: getting one, using it, giving it up.

mod begin;
mod check;
mod end;
mod text;
mod verify;

use chrono::TimeDelta;
use kernel::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Identity;
use crate::Error;
use crate::factor::{FactorView, Method};
use crate::store::factors;

/// Wrong codes before the account has to wait, or a sent code is dead.
const TRIES: i32 = 5;
/// How long after the first of them.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How long a code that was sent works.
const SENT_TTL: TimeDelta = TimeDelta::minutes(10);

/// How the second factor presents itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorSettings {
    /// What apps and text messages call this installation: 1 to 32 characters.
    pub name: String,
}

impl Default for FactorSettings {
    fn default() -> Self {
        Self { name: "Guildhall".into() }
    }
}

/// What one needs to get the first code.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BeginView {
    /// Where the codes come from.
    pub method: Method,
    /// For an app, to be typed in: Base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: Option<String>,
    /// The same for an app that reads it from a QR code.
    #[schema(
        example = "otpauth://totp/Guildhall:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Guildhall&algorithm=SHA1&digits=6&period=30"
    )]
    pub otpauth_url: Option<String>,
}

impl std::fmt::Debug for BeginView {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BeginView").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Identity {
    /// Whether an account's logins need a second factor, and which.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn second_factor(&self, user: UserId) -> Result<FactorView, Error> {
        let mut conn = self.pool.get().await?;
        let factor = factors::find(&mut conn, user).await?.filter(factors::Factor::is_in_force);
        let method = factor.map(|factor| Method::named(&factor.method));
        Ok(FactorView { enabled: method.is_some(), method })
    }
}
