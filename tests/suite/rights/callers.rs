//! Who calls.

use serde_json::json;
use tests::{App, Person};

/// Just beyond the life of an access token.
const A_DAY_MS: i64 = 25 * 3_600_000;

/// Those who have no rights, each in their way.
pub(super) struct Callers {
    /// No token.
    pub(super) nobody: Person,
    /// The token of a session that was ended.
    pub(super) revoked: Person,
    /// A token that is too old.
    pub(super) expired: Person,
    /// An account, and no rights in any place.
    pub(super) stranger: Person,
    /// An administrator of the installation, with no rights in any place.
    pub(super) admin: Person,
}

impl Callers {
    pub(super) async fn gather(app: &App) -> Self {
        let expired = app.person("expired").await;
        app.clock.advance_ms(A_DAY_MS);
        let revoked = app.person("revoked").await;
        revoked.post("/api/auth/logout", json!({})).await.ok();
        let (stranger, admin) = (app.person("stranger").await, app.admin("root").await);
        Self { nobody: app.stranger(), revoked, expired, stranger, admin }
    }

    /// Those without a good token, what they are called, and the code that they are told.
    pub(super) fn refused(&self) -> [(&Person, &'static str, &'static str); 3] {
        [
            (&self.nobody, "without a token", "UNAUTHENTICATED"),
            (&self.revoked, "with a revoked token", "UNAUTHENTICATED"),
            (&self.expired, "with an expired token", "TOKEN_EXPIRED"),
        ]
    }
}
