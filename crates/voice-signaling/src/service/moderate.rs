//! What moderators do with those who are in a voice channel.

use kernel::{ChannelId, Denied, Permissions, TimelineId, UserId, VoiceSessionId};

use super::join::Entry;
use super::{Voice, Which};
use crate::event::Reason;
use crate::model::{Participant, QuietChange, SessionKind};
use crate::store::{By, Target};
use crate::view::is_conversation;
use crate::{Error, ParticipantView};

impl Voice {
    /// Decides whether somebody is heard and hears, also when they come back within 30 days, and moves them.
    ///
    /// # Errors
    /// [`Error::NoSession`] when the actor does not see it; [`Error::Guild`] when they lack MODERATE_MEMBERS, do not stand
    /// above the other or do not see the other channel; [`Error::NoParticipant`]; [`Error::TheyMayNot`] and
    /// [`Error::Full`] of the other channel; [`Error::Down`], [`Error::Database`].
    pub async fn moderate(
        &self,
        actor: UserId,
        session: VoiceSessionId,
        user: UserId,
        change: QuietChange,
        to: Option<ChannelId>,
    ) -> Result<ParticipantView, Error> {
        let mut there = self.subject(actor, session, user).await?;
        if change != QuietChange::default() {
            let changed = self.0.store.quiet(user, session, change).await?.ok_or(Error::NoParticipant)?;
            if changed.changed {
                self.tell_state(&changed.now).await?;
            }
            there = changed.now;
        }
        if let Some(channel) = to.filter(|channel| TimelineId::from(*channel) != there.place) {
            there = self.relocate(actor, &there, channel).await?;
        }
        Ok(ParticipantView::of(&there, self.card(user).await?))
    }

    /// Ends somebody's part in a session. They may come back.
    ///
    /// # Errors
    /// As [`Self::moderate`].
    pub async fn disconnect(
        &self,
        actor: UserId,
        session: VoiceSessionId,
        user: UserId,
    ) -> Result<(), Error> {
        self.subject(actor, session, user).await?;
        let left = self.0.store.leave(user, Some(session)).await?;
        self.tell_left(&left.ok_or(Error::NoParticipant)?, Reason::Disconnected).await
    }

    /// Whom the actor may act on, in this session. Who may not view the channel learns nothing.
    async fn subject(
        &self,
        actor: UserId,
        session: VoiceSessionId,
        user: UserId,
    ) -> Result<Participant, Error> {
        let there = self.participant(user, Which::Session(session)).await?;
        self.access_to_session(actor, there.kind, there.place).await?;
        if is_conversation(there.place, there.scope) {
            // Nobody moderates there.
            return Err(Denied::Missing(Permissions::MODERATE_MEMBERS).into());
        }
        let (guild, may) = (there.scope.into(), Permissions::MODERATE_MEMBERS);
        self.0.guilds.may_act_on(actor, guild, user, may).await?;
        Ok(there)
    }

    async fn relocate(
        &self,
        actor: UserId,
        there: &Participant,
        to: ChannelId,
    ) -> Result<Participant, Error> {
        let seen = self.0.guilds.voice_access(actor, to).await?;
        if seen.scope() != there.scope {
            return Err(kernel::Invalid::field("channelId", "must be of the same server").into());
        }
        let theirs = self.0.guilds.voice_access(there.user, to).await.map_err(|error| match error {
            guilds::Error::Denied(_) => Error::TheyMayNot,
            other => other.into(),
        })?;
        let allowed = theirs.require().map_err(|_| Error::TheyMayNot)?;
        let (by, target) = (By::Mover { from: there.session }, Target::default());
        self.enter(allowed, Entry { kind: SessionKind::Channel, by, target }).await
    }
}
