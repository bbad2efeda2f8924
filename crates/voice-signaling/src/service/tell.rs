//! Telling what happened in a voice channel to those who may view it.

use identity::UserCard;
use kernel::{Event, Fence, Internal, Payload, Version};

use super::Voice;
use crate::Error;
use crate::event::{
    self, Reason, UserJoinedVoice, UserLeftVoice, VoiceSessionCreated, VoiceSessionEnded, VoiceStateUpdated,
};
use crate::model::Participant;
use crate::view::{SpeakerView, VoiceState};

impl Voice {
    /// The version of the scope now: read after the change, so that who lost the sight of the channel before it does not
    /// hear of it.
    /// While PostgreSQL is away nobody loses anything, and the one that is known will do.
    async fn version(&self, participant: &Participant) -> Version {
        match self.0.guilds.version(participant.guild()).await {
            Ok(version) => version,
            Err(error) => {
                tracing::warn!(%error, "the version of a server could not be read");
                participant.version
            }
        }
    }

    /// Somebody came.
    pub(super) async fn tell_joined(
        &self,
        now: &Participant,
        user: UserCard,
        created: bool,
    ) -> Result<(), Error> {
        let version = self.version(now).await;
        let (session_id, channel_id, server_id) = (now.session, now.place, now.guild());
        if created {
            let participants = vec![SpeakerView::of(now)];
            let created_by = now.user;
            let new = VoiceSessionCreated { session_id, channel_id, server_id, created_by, participants };
            self.publish(in_channel(now, version, &new)?);
        }
        let voice_state = VoiceState::of(now);
        let joined = UserJoinedVoice { user, session_id, channel_id, server_id, voice_state };
        self.publish(in_channel(now, version, &joined)?);
        Ok(())
    }

    /// Somebody left, for this reason.
    pub(super) async fn tell_left(&self, left: &Participant, reason: Reason) -> Result<(), Error> {
        self.tell_left_at(left, reason, self.version(left).await)
    }

    /// The same, at a version that was read since.
    pub(super) fn tell_left_at(
        &self,
        left: &Participant,
        reason: Reason,
        version: Version,
    ) -> Result<(), Error> {
        let (session_id, channel_id, server_id) = (left.session, left.place, left.guild());
        let gone = UserLeftVoice { user_id: left.user, session_id, channel_id, server_id, reason };
        self.publish(in_channel(left, version, &gone)?);
        if left.ended {
            let ended = VoiceSessionEnded { session_id, channel_id, server_id };
            self.publish(in_channel(left, version, &ended)?);
        }
        Ok(())
    }

    /// Somebody left who may not view the channel any more: nothing else tells them.
    pub(super) fn tell_themselves(&self, left: &Participant, reason: Reason) -> Result<(), Error> {
        let (session_id, channel_id, server_id) = (left.session, left.place, left.guild());
        let gone = UserLeftVoice { user_id: left.user, session_id, channel_id, server_id, reason };
        self.publish(event::to_user(left.user, &gone)?);
        Ok(())
    }

    /// Somebody is there otherwise.
    pub(super) async fn tell_state(&self, now: &Participant) -> Result<(), Error> {
        self.tell_state_at(now, self.version(now).await)
    }

    /// The same, at a version that was read since.
    pub(super) fn tell_state_at(&self, now: &Participant, version: Version) -> Result<(), Error> {
        let (session_id, channel_id, server_id) = (now.session, now.place, now.guild());
        let (user_id, voice_state) = (now.user, VoiceState::of(now));
        let updated = VoiceStateUpdated { user_id, session_id, channel_id, server_id, voice_state };
        self.publish(in_channel(now, version, &updated)?);
        Ok(())
    }

    pub(super) fn publish(&self, event: Event) {
        self.0.bus.publish(event);
    }
}

fn in_channel<T: Payload>(whose: &Participant, version: Version, what: &T) -> Result<Event, Internal> {
    event::in_channel(whose.place, Fence { scope: whose.scope, version }, what)
}
