//! Coming and going.

use kernel::{Allowed, ChannelId, Grant, Permissions, SessionId, UserId, can};

use super::{Voice, Which};
use crate::event::Reason;
use crate::model::{Arrival, Flags, Participant, SessionKind};
use crate::store::{By, Join, Target};
use crate::{Error, SessionView};

/// How somebody comes into a session.
#[derive(Debug)]
pub(super) struct Entry {
    /// What the session is.
    pub(super) kind: SessionKind,
    pub(super) by: By,
    /// Which one.
    pub(super) target: Target,
}

impl Voice {
    /// `user` comes into a voice channel by a device, which is a login: from wherever they are, for one is in one place at a
    /// time. Who is there by it already is there as `flags` say from now on. Who may not speak sends no picture either.
    ///
    /// # Errors
    /// [`Error::Guild`] and [`Error::Denied`] when they may not view the channel or lack CONNECT; [`Error::Full`],
    /// [`Error::Elsewhere`], [`Error::Down`], [`Error::Database`].
    pub async fn join(
        &self,
        user: UserId,
        device: SessionId,
        channel: ChannelId,
        flags: Flags,
    ) -> Result<SessionView, Error> {
        let grant = self.access(user, SessionKind::Channel, channel.into()).await?;
        let (by, target) = (By::Themselves { device, flags: Some(flags) }, Target::default());
        let entry = Entry { kind: SessionKind::Channel, by, target };
        self.come(grant.require()?, entry).await
    }

    /// Lets somebody in who may, and shows them the session.
    pub(super) async fn come(
        &self,
        allowed: Allowed<can::Connect>,
        entry: Entry,
    ) -> Result<SessionView, Error> {
        let now = self.enter(allowed, entry).await?;
        self.session(&now).await?.ok_or(Error::Elsewhere)
    }

    /// Lets somebody in who may.
    pub(super) async fn enter(
        &self,
        allowed: Allowed<can::Connect>,
        entry: Entry,
    ) -> Result<Participant, Error> {
        let grant: &Grant = &allowed;
        let card = self.card(grant.user()).await?;
        let refusal = match entry.by {
            By::Mover { .. } => Error::NoParticipant,
            By::Themselves { .. } => Error::NoSession,
        };
        let join = self.to_join(grant, entry).await?;
        let now = match self.0.store.join(&join).await? {
            Arrival::Full => return Err(Error::Full),
            Arrival::Gone => return Err(refusal),
            Arrival::Other => return Err(Error::AnotherKind),
            Arrival::Answered => return Err(Error::Answered),
            Arrival::Busy { over } => {
                self.tell_ended(&over)?;
                self.write_down(&[over]).await;
                return Err(Error::Busy);
            }
            Arrival::Again { now } => {
                self.tell_state(&now).await?;
                *now
            }
            Arrival::Joined { created, left, now } => {
                if let Some(left) = left {
                    let is_same = left.device == now.device;
                    let reason = if is_same { Reason::Moved } else { Reason::Replaced };
                    self.tell_left(&left, reason).await?;
                }
                self.tell_joined(&now, card, created).await?;
                *now
            }
        };
        self.confirm(grant, now).await
    }

    async fn to_join(&self, grant: &Grant, entry: Entry) -> Result<Join, Error> {
        let Entry { kind, by, target } = entry;
        let limit = match kind {
            SessionKind::Channel => {
                let own = self.0.guilds.user_limit(grant.timeline().into()).await?;
                let (own, most) =
                    (own.and_then(|limit| limit.try_into().ok()), self.0.settings.channel_members);
                own.map_or(most, |own: u32| own.min(most))
            }
            SessionKind::Huddle | SessionKind::Call => self.0.settings.call_members,
        };
        Ok(Join {
            user: grant.user(),
            kind,
            place: grant.timeline(),
            scope: grant.scope(),
            version: grant.version(),
            speaks: grant.has(Permissions::SPEAK),
            fresh: self.0.env.id(),
            limit,
            unseen: self.0.settings.unseen(),
            by,
            target,
        })
    }

    /// Whoever took the right away since it was proved may not have seen them there.
    async fn confirm(&self, grant: &Grant, now: Participant) -> Result<Participant, Error> {
        if self.version(now.scope).await? == grant.version() {
            return Ok(now);
        }
        self.read_access_again(&[now.scope]).await?;
        let again = self.access(now.user, now.kind, now.place).await?;
        self.may_connect(again).await?;
        self.participant(now.user, Which::Session(now.session)).await.map_err(|error| match error {
            Error::NoSession => Error::Elsewhere,
            other => other,
        })
    }

    /// `user` leaves. They are where they say, or nothing happens. A call of two is over by it.
    ///
    /// # Errors
    /// [`Error::NoSession`], [`Error::Down`], [`Error::Database`].
    pub async fn leave(&self, user: UserId, which: Which) -> Result<(), Error> {
        let there = self.participant(user, which).await?;
        let left = self.0.store.leave(user, Some(there.session)).await?;
        self.tell_left(&left.ok_or(Error::NoSession)?, Reason::Left).await
    }
}
