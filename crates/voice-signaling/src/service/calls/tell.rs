//! Telling those whom a call concerns, on all their devices.

use std::collections::HashSet;

use identity::{Identity, UserCard};
use kernel::UserId;

use super::super::Voice;
use crate::Error;
use crate::event::call::{
    CallMember, DmCallAnswered, DmCallDeclined, DmCallEnded, DmCallLeft, DmCallStarted, DmCallStateUpdated,
    IncomingDmCall, Silence, Status,
};
use crate::event::{Reason, to_user, to_users};
use crate::model::{EndedCall, Participant, Session, Silenced};
use crate::view::{RingingView, VoiceState};

impl Voice {
    /// Somebody came into a call, which began with it or had begun.
    pub(in crate::service) async fn tell_came_into_call(
        &self,
        now: &Participant,
        user: UserCard,
        created: bool,
    ) -> Result<(), Error> {
        // Over already: whoever ended it tells.
        let Some(session) = self.0.store.find(now.session).await? else { return Ok(()) };
        if created { self.tell_started(&session, user) } else { self.tell_answered(&session, now.user).await }
    }

    fn tell_started(&self, session: &Session, caller: UserCard) -> Result<(), Error> {
        let (session_id, conversation_id, is_video) = (session.id, session.place.into(), session.video);
        let (caller_id, ringing) = (caller.id, session.ringing.clone());
        let rings_until = RingingView::of(session).and_then(|call| call.rings_until);
        let recipient_id = ringing.first().copied().filter(|_| session.direct);
        let incoming =
            IncomingDmCall { session_id, conversation_id, caller_id, caller, is_video, rings_until };
        self.publish(to_users(ringing.iter().copied(), &incoming)?);
        let status = Status::Calling;
        let started = DmCallStarted {
            session_id,
            conversation_id,
            recipient_id,
            is_video,
            status,
            ringing,
            rings_until,
        };
        self.publish([to_user(caller_id, &started)?]);
        Ok(())
    }

    async fn tell_answered(&self, session: &Session, answered_by: UserId) -> Result<(), Error> {
        let people = session.participants.iter().map(|each| each.user).collect::<Vec<_>>();
        let conn = self.0.pool.get().await?;
        let mut cards = Identity::cards(&conn, &people).await?;
        drop(conn);
        let member = |each: &Participant| {
            Some(CallMember { user: cards.remove(&each.user)?, voice_state: VoiceState::of(each) })
        };
        let participants = session.participants.iter().filter_map(member).collect();
        let (session_id, conversation_id) = (session.id, session.place.into());
        let answered = DmCallAnswered { session_id, conversation_id, answered_by, participants };
        self.publish(to_users(session.concerned(), &answered)?);
        Ok(())
    }

    /// A call does not ring somebody any more, and may be over by it.
    pub(in crate::service) fn tell_silenced(
        &self,
        silenced: &Silenced,
        reason: Silence,
    ) -> Result<(), Error> {
        let Silenced { user, session, over } = silenced;
        let (session_id, conversation_id) = (session.id, session.place.into());
        let declined = DmCallDeclined { session_id, conversation_id, recipient_id: *user, reason };
        self.publish(to_users(session.concerned(), &declined)?);
        over.as_ref().map_or(Ok(()), |over| self.tell_ended(over))
    }

    /// A call is over.
    pub(in crate::service) fn tell_ended(&self, over: &EndedCall) -> Result<(), Error> {
        let (session_id, conversation_id) = (over.id, over.place.into());
        let (ended_by, outcome, duration) = (over.ended_by, over.outcome, over.duration());
        let ended = DmCallEnded { session_id, conversation_id, ended_by, outcome, duration };
        self.publish(to_users(over.hearers(), &ended)?);
        Ok(())
    }

    /// Somebody left a call that goes on. They hear of it as well.
    pub(in crate::service) fn tell_left_call(&self, left: &Participant, reason: Reason) -> Result<(), Error> {
        let (session_id, conversation_id) = (left.session, left.place.into());
        let gone = DmCallLeft { session_id, conversation_id, user_id: left.user, reason };
        let hearers = left.others.iter().copied().chain([left.user]).collect::<HashSet<_>>();
        self.publish(to_users(hearers, &gone)?);
        Ok(())
    }

    /// Somebody is in a call otherwise.
    pub(in crate::service) async fn tell_state_in_call(&self, now: &Participant) -> Result<(), Error> {
        let Some(session) = self.0.store.find(now.session).await? else { return Ok(()) };
        let (session_id, conversation_id) = (session.id, session.place.into());
        let (user_id, voice_state) = (now.user, VoiceState::of(now));
        let updated = DmCallStateUpdated { session_id, conversation_id, user_id, voice_state };
        self.publish(to_users(session.participants.iter().map(|each| each.user), &updated)?);
        Ok(())
    }
}
