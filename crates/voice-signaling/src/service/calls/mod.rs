//! Calls in conversations: a session that rings the others.

mod end;
mod tell;

use kernel::{ConversationId, Invalid, SessionId, UserId, VoiceSessionId};

use super::Voice;
use super::join::Entry;
use crate::event::call::Silence;
use crate::input::Callee;
use crate::model::{Flags, SessionKind};
use crate::store::{By, Ring, Target};
use crate::{Error, SessionView};

impl Voice {
    /// `user` calls somebody, or everybody in a group, by a device. When there is a call in the conversation already they come
    /// into that one: so two who call each other at the same moment are in one call.
    ///
    /// # Errors
    /// [`Error::Conversation`] when they may not write to them; [`Error::Busy`]: that call is over; [`Error::Nobody`],
    /// [`Error::AnotherKind`] beside a huddle; [`Error::Full`], [`Error::Elsewhere`], [`Error::Down`], [`Error::Database`].
    pub async fn call(
        &self,
        user: UserId,
        device: SessionId,
        callee: Callee,
        flags: Flags,
    ) -> Result<SessionView, Error> {
        let conversation = self.conversation(user, callee).await?;
        let grant = self.access(user, SessionKind::Call, conversation.into()).await?;
        let allowed = self.may_connect(grant).await?;
        let (direct, ring) = self.0.dm.callees(user, conversation).await?;
        if ring.is_empty() {
            return Err(Error::Nobody);
        }
        let until = self.0.env.now().plus(self.0.settings.ring());
        let call = Ring { direct, video: flags.video, ring, until };
        let target = Target { call: Some(call), ..Target::default() };
        let by = By::Themselves { device, flags: Some(flags) };
        self.come(allowed, Entry { kind: SessionKind::Call, by, target }).await
    }

    async fn conversation(&self, user: UserId, callee: Callee) -> Result<ConversationId, Error> {
        match callee {
            Callee::Conversation(conversation) => Ok(conversation),
            Callee::Person(other) if other == user => {
                Err(Invalid::field("recipientId", "must be somebody else").into())
            }
            Callee::Person(other) => Ok(self.0.dm.open(user, other).await?.conversation.info.id),
        }
    }

    /// `user` answers a call by a device, or comes into one that others have answered. Their other devices stop ringing.
    ///
    /// # Errors
    /// [`Error::NoSession`] when there is no such call, also when it is over, or they are not in the conversation;
    /// [`Error::Answered`] by another device; [`Error::Full`], [`Error::Elsewhere`], [`Error::Down`], [`Error::Database`].
    pub async fn answer(
        &self,
        user: UserId,
        device: SessionId,
        call: VoiceSessionId,
        flags: Flags,
    ) -> Result<SessionView, Error> {
        let found = self.0.store.find(call).await?.filter(|session| session.kind == SessionKind::Call);
        let place = found.ok_or(Error::NoSession)?.place;
        let grant = self.access_to_session(user, SessionKind::Call, place).await?;
        let allowed = self.may_connect(grant).await?;
        let target = Target { only: Some(call), answers: true, ..Target::default() };
        let by = By::Themselves { device, flags: Some(flags) };
        self.come(allowed, Entry { kind: SessionKind::Call, by, target }).await
    }

    /// `user` does not want a call that rings them. A call of two is over by it, as is one that nobody has answered and that
    /// rings nobody else.
    ///
    /// # Errors
    /// [`Error::NoSession`] when no such call rings them; [`Error::Down`].
    pub async fn decline(&self, user: UserId, call: VoiceSessionId) -> Result<(), Error> {
        let silenced = self.0.store.decline(user, call).await?.ok_or(Error::NoSession)?;
        self.tell_silenced(&silenced, Silence::Declined)?;
        self.write_down(silenced.over.as_slice()).await;
        Ok(())
    }
}
