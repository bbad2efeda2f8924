//! Telling what happened in a session to those who may know of it: of a call, those whom it concerns; of another, those who may
//! view the place.

use identity::UserCard;
use kernel::{Event, Fence, Payload, Version};

use super::Voice;
use crate::Error;
use crate::event::{
    self, Reason, UserJoinedVoice, UserLeftVoice, VoiceSessionCreated, VoiceSessionEnded, VoiceStateUpdated,
};
use crate::model::{Participant, SessionKind};
use crate::view::{PlaceView, SpeakerView, VoiceState};

impl Voice {
    /// The version of the scope now: read after the change, so that who lost the sight of the place before it does not hear of
    /// it.
    /// While PostgreSQL is away nobody loses anything, and the one that is known will do.
    async fn version_for(&self, participant: &Participant) -> Version {
        match self.version(participant.scope).await {
            Ok(version) => version,
            Err(error) => {
                tracing::warn!(%error, "the version of a scope could not be read");
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
        if now.kind == SessionKind::Call {
            return self.tell_came_into_call(now, user, created).await;
        }
        let version = self.version_for(now).await;
        let (session_id, place, r#type) = (now.session, PlaceView::of(now.place, now.scope), now.kind);
        if created {
            let title = self.0.store.find(now.session).await?.and_then(|session| session.title);
            let (created_by, participants) = (now.user, vec![SpeakerView::of(now)]);
            let new = VoiceSessionCreated { session_id, r#type, title, place, created_by, participants };
            self.tell_viewers(now, version, &new)?;
        }
        let voice_state = VoiceState::of(now);
        self.tell_viewers(now, version, &UserJoinedVoice { user, session_id, place, voice_state })
    }

    /// Somebody left, for this reason.
    pub(super) async fn tell_left(&self, left: &Participant, reason: Reason) -> Result<(), Error> {
        let version =
            if left.kind == SessionKind::Call { left.version } else { self.version_for(left).await };
        self.tell_left_at(left, reason, version)?;
        self.write_down(left.over.as_slice()).await;
        Ok(())
    }

    /// The same, at a version that was read since. A call that is over by it is to be written down.
    pub(super) fn tell_left_at(
        &self,
        left: &Participant,
        reason: Reason,
        version: Version,
    ) -> Result<(), Error> {
        match &left.over {
            Some(over) => self.tell_ended(over),
            None if left.kind == SessionKind::Call => self.tell_left_call(left, reason),
            None => {
                self.tell_viewers(left, version, &gone(left, reason))?;
                if left.ended {
                    let (session_id, place) = (left.session, PlaceView::of(left.place, left.scope));
                    self.tell_viewers(left, version, &VoiceSessionEnded { session_id, place })?;
                }
                Ok(())
            }
        }
    }

    /// Somebody left who may not view the place any more: nothing else tells them, unless it was a call.
    pub(super) fn tell_themselves(&self, left: &Participant, reason: Reason) -> Result<(), Error> {
        if left.kind != SessionKind::Call {
            self.publish([event::to_user(left.user, &gone(left, reason))?]);
        }
        Ok(())
    }

    /// Somebody is there otherwise.
    pub(super) async fn tell_state(&self, now: &Participant) -> Result<(), Error> {
        self.tell_state_at(now, self.version_for(now).await).await
    }

    /// The same, at a version that was read since.
    pub(super) async fn tell_state_at(&self, now: &Participant, version: Version) -> Result<(), Error> {
        if now.kind == SessionKind::Call {
            return self.tell_state_in_call(now).await;
        }
        let (session_id, place) = (now.session, PlaceView::of(now.place, now.scope));
        let (user_id, voice_state) = (now.user, VoiceState::of(now));
        self.tell_viewers(now, version, &VoiceStateUpdated { user_id, session_id, place, voice_state })
    }

    fn tell_viewers<T: Payload>(&self, whose: &Participant, version: Version, what: &T) -> Result<(), Error> {
        self.publish([event::in_place(whose.place, Fence { scope: whose.scope, version }, what)?]);
        Ok(())
    }

    pub(super) fn publish(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.0.bus.publish(event);
        }
    }
}

fn gone(left: &Participant, reason: Reason) -> UserLeftVoice {
    let (session_id, place) = (left.session, PlaceView::of(left.place, left.scope));
    UserLeftVoice { user_id: left.user, session_id, place, reason }
}
