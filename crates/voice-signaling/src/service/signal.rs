//! Handing signals on from peer to peer. Nothing of them is kept.

use kernel::{Invalid, SessionId, UserId, VoiceSessionId};

use super::Voice;
use crate::Error;
use crate::event::{WebrtcSignal, to_device};
use crate::input::SignalBody;
use crate::model::Participant;

impl Voice {
    /// Hands a signal of `user` to another in the same session, to the device by which they are there. Signals of one
    /// socket arrive in their order. Both must have the right to be there now: the version of the scope is compared.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoSession`], [`Error::NoParticipant`]; [`Error::OtherDevice`] when the caller is there
    /// by another one; [`Error::Down`], [`Error::Database`].
    pub async fn signal(
        &self,
        user: UserId,
        device: SessionId,
        session: VoiceSessionId,
        body: SignalBody,
    ) -> Result<(), Error> {
        let SignalBody { target_user_id, signal_data } = body;
        signal_data.check()?;
        if user == target_user_id {
            return Err(Invalid::field("targetUserId", "must be somebody else").into());
        }
        let (mut mine, mut theirs) = self.two(user, target_user_id, session).await?;
        let version = self.version(mine.scope).await?;
        if mine.version != version || theirs.version != version {
            self.read_access_again(&[mine.scope]).await?;
            (mine, theirs) = self.two(user, target_user_id, session).await?;
        }
        if mine.device != device {
            return Err(Error::OtherDevice);
        }
        let signal = WebrtcSignal { from_user_id: user, session_id: session, signal_data };
        self.publish([to_device(theirs.user, theirs.device, &signal)?]);
        Ok(())
    }

    /// Two who are in a session.
    async fn two(
        &self,
        user: UserId,
        other: UserId,
        session: VoiceSessionId,
    ) -> Result<(Participant, Participant), Error> {
        let found = self.0.store.participants(&[user, other]).await?;
        let of = |id| found.iter().find(|each| each.user == id && each.session == session).cloned();
        let mine = of(user).ok_or(Error::NoSession)?;
        Ok((mine, of(other).ok_or(Error::NoParticipant)?))
    }
}
