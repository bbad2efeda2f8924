//! The end of sessions before their time.

use diesel_async::AsyncPgConnection;
use kernel::{Event, Header, SessionId, Topic, UserId, frame};

use super::Identity;
use crate::Error;
use crate::event::Renamed;
use crate::revocation::Revocation;
use crate::store::{api_keys, sessions};

/// What a gateway hears of accounts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(tag = "event", content = "data")]
pub enum Heard {
    /// A session was revoked.
    #[serde(rename = "session-revoked")]
    Revoked(Revocation),
    /// Somebody is called something else.
    #[serde(rename = "user-renamed")]
    Renamed(Renamed),
}

/// The name of the event that tells gateways of a revocation.
const REVOKED: &str = "session-revoked";

fn revocations(user: UserId, ended: Vec<SessionId>) -> Vec<Revocation> {
    ended.into_iter().map(|session_id| Revocation { session_id, user_id: user }).collect()
}

impl Identity {
    /// Revokes those of `ids` that are sessions of `user`; returns those that were open. To be
    /// [announced](Self::announce) after the commit.
    pub(super) async fn revoke_sessions(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
        ids: &[SessionId],
    ) -> Result<Vec<Revocation>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ended = sessions::revoke(conn, user, ids, self.env.now()).await?;
        Ok(revocations(user, ended))
    }

    /// Revokes every session of `user` but `except`, in a transaction that has changed or locked the account's row: so no
    /// login that began before can open another. API keys too, when that change was to suspend or delete the account; they
    /// outlive a new password. To be [announced](Self::announce) after the commit.
    pub(super) async fn revoke_all(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        except: Option<SessionId>,
    ) -> Result<Vec<Revocation>, Error> {
        let mut ended = sessions::revoke_all(tx, user, except, self.env.now()).await?;
        let keys = api_keys::revoke_barred(tx, user, self.env.now()).await?;
        ended.extend(keys.into_iter().map(SessionId::from));
        Ok(revocations(user, ended))
    }

    /// Makes committed revocations take effect: here at once, on the other gateways as soon as they hear of it, seconds
    /// later at the latest.
    pub(super) fn announce(&self, revocations: &[Revocation]) {
        let now = self.env.now();
        for revocation in revocations {
            self.revoked.add(revocation.session_id, now);
            match frame(REVOKED, revocation, None) {
                Ok(frame) => {
                    self.bus.publish(Event { topic: Topic::Gateways, header: Header::default(), frame });
                }
                // The others read it from the database.
                Err(error) => tracing::error!(%error, "a revocation could not be told"),
            }
        }
    }

    /// Whether the session was revoked, as far as this process knows.
    pub fn is_revoked(&self, session: SessionId) -> bool {
        self.revoked.contains(session)
    }

    /// What an event of [`Topic::Gateways`] tells of accounts, a revocation being noted; `None` when it tells of something
    /// else.
    pub fn hear(&self, event: &Event) -> Option<Heard> {
        let heard = serde_json::from_slice(&event.frame).ok()?;
        if let Heard::Revoked(revoked) = &heard {
            self.revoked.add(revoked.session_id, self.env.now());
        }
        Some(heard)
    }

    /// Reads recent revocations; returns those that were news.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_revocations(&self) -> Result<Vec<Revocation>, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let since = self.revoked.read_from(now, self.memory());
        let mut rows = sessions::revoked_since(&mut conn, since).await?;
        let keys = api_keys::revoked_since(&mut conn, since).await?;
        drop(conn);
        rows.extend(keys.into_iter().map(|(key, user, at)| (key.into(), user, at)));
        let latest = rows.iter().map(|(_, _, at)| *at).max();
        let news = rows.into_iter().filter(|(session, _, at)| self.revoked.add(*session, *at));
        let news = news.map(|(session_id, user_id, _)| Revocation { session_id, user_id }).collect();
        self.revoked.read(latest, now, self.memory());
        Ok(news)
    }
}
