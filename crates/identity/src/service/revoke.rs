//! The end of a session before its time.

use kernel::{Actor, Event, Header, SessionId, Topic, frame};

use super::Identity;
use crate::Error;
use crate::revocation::Revocation;
use crate::store::sessions;

/// The name of the event that tells gateways of a revocation.
const REVOKED: &str = "session-revoked";

impl Identity {
    /// Ends the actor's session: its tokens stop to work here at once, and on the other gateways as soon as they hear
    /// of it, seconds later at the latest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn log_out(&self, actor: Actor) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        sessions::revoke(&mut conn, actor.session, now).await?;
        drop(conn);
        self.revoked.add(actor.session, now);
        let revocation = Revocation { session_id: actor.session, user_id: actor.user };
        let frame = frame(REVOKED, &revocation, None)?;
        self.bus.publish(Event { topic: Topic::Gateways, header: Header::default(), frame });
        Ok(())
    }

    /// Whether the session was revoked, as far as this process knows.
    pub fn is_revoked(&self, session: SessionId) -> bool {
        self.revoked.contains(session)
    }

    /// Notes the revocation that an event of [`Topic::Gateways`] tells of; `None` when it tells of something else.
    pub fn hear(&self, event: &Event) -> Option<Revocation> {
        #[derive(serde::Deserialize)]
        struct Frame {
            event: String,
            data: Revocation,
        }
        let frame: Frame = serde_json::from_slice(&event.frame).ok()?;
        if frame.event != REVOKED {
            return None;
        }
        self.revoked.add(frame.data.session_id, self.env.now());
        Some(frame.data)
    }

    /// Reads recent revocations; returns those that were news.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_revocations(&self) -> Result<Vec<Revocation>, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let rows = sessions::revoked_since(&mut conn, self.revoked.read_from(now, self.token_ttl)).await?;
        drop(conn);
        let latest = rows.iter().map(|(_, _, at)| *at).max();
        let news = rows.into_iter().filter(|(session, _, at)| self.revoked.add(*session, *at));
        let news = news.map(|(session_id, user_id, _)| Revocation { session_id, user_id }).collect();
        self.revoked.read(latest, now, self.token_ttl);
        Ok(news)
    }
}
