//! Coming and going.

use kernel::{Allowed, ChannelId, Grant, Permissions, SessionId, UserId, can};

use super::{Voice, Which};
use crate::event::Reason;
use crate::model::{Arrival, Flags, Participant};
use crate::store::{By, Join};
use crate::{Error, SessionView};

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
        let grant = self.0.guilds.voice_access(user, channel).await?;
        let now = self.enter(grant.require()?, By::Themselves(device, flags)).await?;
        self.session(&now).await?.ok_or(Error::Elsewhere)
    }

    /// Lets somebody in who may.
    pub(super) async fn enter(&self, allowed: Allowed<can::Connect>, by: By) -> Result<Participant, Error> {
        let grant: &Grant = &allowed;
        let card = self.card(grant.user()).await?;
        let own = self.0.guilds.user_limit(grant.timeline().into()).await?;
        let (own, most) = (own.and_then(|limit| limit.try_into().ok()), self.0.settings.channel_members);
        let join = Join {
            user: grant.user(),
            place: grant.timeline().into(),
            scope: grant.scope(),
            version: grant.version(),
            speaks: grant.has(Permissions::SPEAK),
            fresh: self.0.env.id(),
            limit: own.map_or(most, |own: u32| own.min(most)),
            unseen: self.0.settings.unseen(),
            by,
        };
        let now = match self.0.store.join(&join).await? {
            Arrival::Full => return Err(Error::Full),
            Arrival::Gone => return Err(Error::NoParticipant),
            Arrival::Again { now } => {
                self.tell_state(&now).await?;
                now
            }
            Arrival::Joined { created, left, now } => {
                if let Some(left) = left {
                    let is_same = left.device == now.device;
                    let reason = if is_same { Reason::Moved } else { Reason::Replaced };
                    self.tell_left(&left, reason).await?;
                }
                self.tell_joined(&now, card, created).await?;
                now
            }
        };
        // Whoever took the right away since it was proved may not have seen them here.
        if self.0.guilds.version(now.guild()).await? == grant.version() {
            return Ok(now);
        }
        self.read_access_again(&[now.guild()]).await?;
        let allowed = self.0.guilds.voice_access(now.user, now.place).await?;
        let _: Allowed<can::Connect> = allowed.require()?;
        self.participant(now.user, Which::Session(now.session)).await.map_err(|error| match error {
            Error::NoSession => Error::Elsewhere,
            other => other,
        })
    }

    /// `user` leaves. They are where they say, or nothing happens.
    ///
    /// # Errors
    /// [`Error::NoSession`], [`Error::Down`], [`Error::Database`].
    pub async fn leave(&self, user: UserId, which: Which) -> Result<(), Error> {
        let there = self.participant(user, which).await?;
        let left = self.0.store.leave(user, Some(there.session)).await?;
        self.tell_left(&left.ok_or(Error::NoSession)?, Reason::Left).await
    }
}
