//! What this crate holds on one person, to be handed to them.

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use kernel::{Actor, AuditId, Internal, UserId};
use serde_json::{Value, json};

use super::Identity;
use crate::audit::AuditAction;
use crate::personal::{PersonalData, Piece};
use crate::store::audit::Entry;
use crate::store::factors::{self, Factor};
use crate::store::{export, profiles};
use crate::vault::FACTOR_PHONE;
use crate::{Client, Error};

/// Rows in a piece.
const SLICE: i64 = 500;

const ACCOUNT: &str = "Your account, as you see it, with your preferences.";
const SESSIONS: &str = "Your logins that are open, or were until lately.";
const KEYS: &str = "The keys that you made for other programs; the keys themselves nobody has but you.";
const LINKS: &str = "The providers through which you log in.";
const FACTOR: &str =
    "Your second factor: where its codes come from, since when, and how many recovery codes are left.";
const DEVICES: &str = "Where your account was used from, by which a login from somewhere new is noticed.";
const PENDING: &str = "Letters with a code or link that were sent to you and wait for your answer.";
const AUDIT: &str = "What was written down of your account: logins, failed ones too, and what administrators did; for \
    administrators also what they did.";

impl Identity {
    /// Writes down that the actor downloads what is held on them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_export(&self, actor: Actor, client: &Client) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        self.note(&mut conn, AuditAction::DataExported, actor.user, client).await
    }

    async fn account_piece(self, user: UserId) -> Result<Piece, Error> {
        let mut conn = self.pool.get().await?;
        let user = profiles::alive(&mut conn, user).await?.map(|user| self.own_view(user));
        let items = user.map(|user| json!(user)).into_iter().collect();
        Ok(Piece { file: "account", about: ACCOUNT, items })
    }

    async fn keys_piece(self, user: UserId) -> Result<Piece, Error> {
        let items = self.keys(user).await?.into_iter().map(|key| json!(key)).collect();
        Ok(Piece { file: "api-keys", about: KEYS, items })
    }

    async fn links_piece(self, user: UserId) -> Result<Piece, Error> {
        let items = self.links(user).await?.into_iter().map(|link| json!(link)).collect();
        Ok(Piece { file: "logins-through-others", about: LINKS, items })
    }

    async fn factor_piece(self, user: UserId) -> Result<Piece, Error> {
        let mut conn = self.pool.get().await?;
        let factor = factors::find(&mut conn, user).await?;
        let left = export::recovery_codes(&mut conn, user).await?;
        let phone = |factor: &Factor| {
            let sealed = factor.phone_sealed.as_deref()?;
            self.vault.open_text(FACTOR_PHONE.of(user), sealed).ok()
        };
        let items = factor.into_iter().map(|factor| {
            json!({
                "method": factor.method, "enabledAt": factor.enabled_at, "phone": phone(&factor),
                "recoveryCodesLeft": left,
            })
        });
        Ok(Piece { file: "second-factor", about: FACTOR, items: items.collect() })
    }

    async fn devices_piece(self, user: UserId) -> Result<Piece, Error> {
        let mut conn = self.pool.get().await?;
        let devices = export::devices(&mut conn, user, SLICE).await?.into_iter();
        let items = devices.map(
            |(client, network, seen_at)| json!({ "client": client, "network": network, "seenAt": seen_at }),
        );
        Ok(Piece { file: "known-devices", about: DEVICES, items: items.collect() })
    }

    async fn pending_piece(self, user: UserId) -> Result<Piece, Error> {
        let mut conn = self.pool.get().await?;
        let pending = export::pending(&mut conn, user).await?.into_iter();
        let items =
            pending.map(|(kind, email, until)| json!({ "for": kind, "email": email, "expiresAt": until }));
        Ok(Piece { file: "pending-letters", about: PENDING, items: items.collect() })
    }

    async fn sessions_piece(self, user: UserId) -> Result<Piece, Error> {
        let mut conn = self.pool.get().await?;
        let sessions = export::sessions(&mut conn, user, SLICE).await?;
        let items = sessions.into_iter().map(|(session, revoked_at)| {
            json!({
                "id": session.id, "device": session.device, "address": session.address, "createdAt": session.created_at,
                "lastUsedAt": session.last_used_at, "expiresAt": session.expires_at, "revokedAt": revoked_at,
            })
        });
        Ok(Piece { file: "sessions", about: SESSIONS, items: items.collect() })
    }

    /// The entries after `after`, and where to go on.
    async fn audit_piece(self, user: UserId, after: AuditId) -> Result<(Piece, Option<AuditId>), Error> {
        let mut conn = self.pool.get().await?;
        let entries = export::entries(&mut conn, user, after, SLICE).await?;
        let full = i64::try_from(entries.len()).is_ok_and(|len| len >= SLICE);
        let next = entries.last().filter(|_| full).map(|entry| entry.id);
        let items = entries.into_iter().map(|entry| entry_of(entry, user)).collect();
        Ok((Piece { file: "audit", about: AUDIT, items }, next))
    }
}

/// An entry as the user may know it: where others acted from is not theirs to know.
fn entry_of(entry: Entry, user: UserId) -> Value {
    let own = entry.actor_id.is_none_or(|actor| actor == user);
    json!({
        "id": entry.id, "createdAt": entry.created_at, "action": entry.action, "actorId": entry.actor_id,
        "subjectId": entry.subject_id, "address": entry.address.filter(|_| own),
        "device": entry.device.filter(|_| own), "details": entry.details,
    })
}

impl PersonalData for Identity {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let account = stream::once(self.clone().account_piece(user));
        let sessions = stream::once(self.clone().sessions_piece(user));
        let keys = stream::once(self.clone().keys_piece(user));
        let links = stream::once(self.clone().links_piece(user));
        let factor = stream::once(self.clone().factor_piece(user));
        let devices = stream::once(self.clone().devices_piece(user));
        let pending = stream::once(self.clone().pending_piece(user));
        let identity = self.clone();
        let first = AuditId::from_uuid(uuid::Uuid::nil());
        let audit = stream::try_unfold(Some(first), move |after| {
            let identity = identity.clone();
            async move {
                let Some(after) = after else { return Ok(None) };
                identity.audit_piece(user, after).await.map(Some)
            }
        });
        account
            .chain(sessions)
            .chain(keys)
            .chain(links)
            .chain(factor)
            .chain(devices)
            .chain(pending)
            .chain(audit)
            .map(|piece| piece.map_err(Internal::new))
            .boxed()
    }

    /// Nothing: the account's own rows were emptied when it was deleted.
    fn erase(&self, _: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        async { Ok(()) }.boxed()
    }
}
