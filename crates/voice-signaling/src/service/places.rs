//! From a place to what somebody may do there, be it a channel or a conversation.

use std::collections::HashMap;

use kernel::{Allowed, Denied, Grant, ScopeId, TimelineId, UserId, Version, can};
use messaging::fence;

use super::Voice;
use crate::Error;
use crate::model::SessionKind;
use crate::view::is_conversation;

impl Voice {
    /// What `user` may do where a session of this kind is, or is to be. What is hidden and what is missing are refused in the
    /// same words.
    pub(super) async fn access(
        &self,
        user: UserId,
        kind: SessionKind,
        place: TimelineId,
    ) -> Result<Grant, Error> {
        match kind {
            SessionKind::Channel => Ok(self.0.guilds.voice_access(user, place.into()).await?),
            SessionKind::Call => Ok(self.0.dm.access(user, place.into()).await?),
            SessionKind::Huddle => match self.0.guilds.access(user, place.into()).await {
                Err(guilds::Error::Denied(Denied::Hidden)) => {
                    Ok(self.0.dm.access(user, place.into()).await?)
                }
                found => Ok(found?),
            },
        }
    }

    /// The same, for who says that there is one: what they do not see is not there.
    pub(super) async fn access_to_session(
        &self,
        user: UserId,
        kind: SessionKind,
        place: TimelineId,
    ) -> Result<Grant, Error> {
        self.access(user, kind, place).await.map_err(|error| match error {
            Error::Guild(guilds::Error::Denied(_)) | Error::Conversation(dm::Error::Denied(_)) => {
                Error::NoSession
            }
            other => other,
        })
    }

    /// The right to be in a session. It is missing in a conversation for other reasons than in a channel.
    pub(super) async fn may_connect(&self, grant: Grant) -> Result<Allowed<can::Connect>, Error> {
        match grant.require() {
            Err(Denied::Missing(missing)) if grant.is_of_conversation() => {
                let reason = self.0.dm.refusal(grant.user(), grant.timeline().into()).await?;
                Err(reason.map_or(Denied::Missing(missing).into(), Error::from))
            }
            other => Ok(other?),
        }
    }

    /// What some users may do in places of one scope, one place each, and its version at which they may. Who may not see the
    /// place is left out.
    pub(super) async fn access_among(
        &self,
        scope: ScopeId,
        people: HashMap<UserId, TimelineId>,
    ) -> Result<(Version, HashMap<UserId, Grant>), Error> {
        if people.values().all(|place| is_conversation(*place, scope)) {
            let users = people.into_keys().collect::<Vec<_>>();
            return Ok(self.0.dm.access_among(scope.into(), &users).await?);
        }
        let people = people.into_iter().map(|(user, place)| (user, place.into())).collect();
        Ok(self.0.guilds.voice_access_among(scope.into(), &people).await?)
    }

    /// The version of a scope; the highest there is when it is gone.
    pub(super) async fn version(&self, scope: ScopeId) -> Result<Version, Error> {
        let mut conn = self.0.pool.get().await?;
        Ok(fence::version(&mut conn, scope).await?.unwrap_or(Version::MAX))
    }

    /// The versions of several scopes.
    pub(super) async fn versions(&self, scopes: &[ScopeId]) -> Result<HashMap<ScopeId, Version>, Error> {
        if scopes.is_empty() {
            return Ok(HashMap::new());
        }
        let conn = self.0.pool.get().await?;
        Ok(fence::versions(&conn, scopes).await?.into_iter().collect())
    }
}
