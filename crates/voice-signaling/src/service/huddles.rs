//! Huddles: talking beside what is written, in a text channel or a conversation.

use kernel::{SessionId, TimelineId, UserId, VoiceSessionId};

use super::Voice;
use super::join::Entry;
use crate::model::SessionKind;
use crate::store::{By, Target};
use crate::{Error, SessionView};

impl Voice {
    /// `user` comes into the huddle at a place; it begins with them, when there is none.
    ///
    /// # Errors
    /// [`Error::Guild`], [`Error::Conversation`] and [`Error::Denied`] when they may not view the place or lack CONNECT;
    /// [`Error::AnotherKind`] beside a call; [`Error::Full`], [`Error::Elsewhere`], [`Error::Down`], [`Error::Database`].
    pub async fn huddle(
        &self,
        user: UserId,
        device: SessionId,
        place: TimelineId,
        title: Option<String>,
    ) -> Result<SessionView, Error> {
        let grant = self.access(user, SessionKind::Huddle, place).await?;
        let allowed = self.may_connect(grant).await?;
        let by = By::Themselves { device, flags: None };
        let target = Target { title, ..Target::default() };
        self.come(allowed, Entry { kind: SessionKind::Huddle, by, target }).await
    }

    /// `user` comes into a huddle that there is.
    ///
    /// # Errors
    /// As [`Self::huddle`]; [`Error::NoSession`] when there is none, or they may not view its place.
    pub async fn join_huddle(
        &self,
        user: UserId,
        device: SessionId,
        huddle: VoiceSessionId,
    ) -> Result<SessionView, Error> {
        let found = self.0.store.find(huddle).await?.filter(|session| session.kind == SessionKind::Huddle);
        let place = found.ok_or(Error::NoSession)?.place;
        let grant = self.access_to_session(user, SessionKind::Huddle, place).await?;
        let allowed = self.may_connect(grant).await?;
        let by = By::Themselves { device, flags: None };
        let target = Target { only: Some(huddle), ..Target::default() };
        self.come(allowed, Entry { kind: SessionKind::Huddle, by, target }).await
    }
}
