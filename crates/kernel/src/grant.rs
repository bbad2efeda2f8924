//! Proofs: what an actor may do in a timeline, and that one right of it was checked.

use std::marker::PhantomData;

use crate::{Permissions, ScopeId, Seq, TimelineId, Timestamp, UserId, Version};

/// What an access module found out about an actor and a timeline. The parts of a [`Grant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub user: UserId,
    /// Where.
    pub timeline: TimelineId,
    /// The guild or conversation that the timeline belongs to.
    pub scope: ScopeId,
    /// The scope's access version, read *before* anything that the permissions were computed from.
    pub version: Version,
    /// What they may do there.
    pub permissions: Permissions,
    /// The first message that they may ever see: 1 unless their past begins later.
    pub visible_from: Seq,
}

/// What a time-out keeps from somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// When it ends.
    pub until: Timestamp,
    /// What they could do without it, beside what they can.
    pub lost: Permissions,
}

/// What an actor may do in a timeline, at one access version of its scope.
///
/// Minted by the access module of the crate that owns the place, per request or command. That module alone may remember
/// it, for those who compare its version with the scope's; nobody else stores one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    access: Access,
    silence: Option<Silence>,
}

impl Grant {
    /// Turns what an access module found out into a proof.
    ///
    /// Public because two crates need it; a lint forbids every call but theirs (`clippy.toml`, `disallowed-methods`).
    pub const fn mint(access: Access) -> Self {
        Self { access, silence: None }
    }

    /// The same, of somebody who is timed out: so that a refusal can say until when.
    #[must_use]
    pub const fn silenced(self, silence: Option<Silence>) -> Self {
        Self { access: self.access, silence }
    }

    /// The proof that the actor has `C`.
    ///
    /// # Errors
    /// [`Denied::Hidden`] when they may not even see the place, [`Denied::TimedOut`] when a time-out alone keeps `C` from
    /// them, [`Denied::Missing`] when they see it but lack `C`.
    pub fn require<C: Capability>(self) -> Result<Allowed<C>, Denied> {
        if !self.has(Permissions::VIEW_CHANNEL) {
            return Err(Denied::Hidden);
        }
        if !self.has(C::PERMISSION) {
            return Err(Denied::lacking(C::PERMISSION, self.silence));
        }
        Ok(Allowed { grant: self, capability: PhantomData })
    }

    /// Whether the grant has all of `permissions`.
    pub const fn has(&self, permissions: Permissions) -> bool {
        self.access.permissions.contains(permissions)
    }

    /// Who.
    pub const fn user(&self) -> UserId {
        self.access.user
    }

    /// Where.
    pub const fn timeline(&self) -> TimelineId {
        self.access.timeline
    }

    /// The guild or conversation that the timeline belongs to.
    pub const fn scope(&self) -> ScopeId {
        self.access.scope
    }

    /// Whether the place is a conversation: that is its own scope.
    pub fn is_of_conversation(&self) -> bool {
        self.access.scope.uuid() == self.access.timeline.uuid()
    }

    /// The access version that the grant was computed from.
    pub const fn version(&self) -> Version {
        self.access.version
    }

    /// The first message that the actor may ever see.
    pub const fn visible_from(&self) -> Seq {
        self.access.visible_from
    }
}

/// A grant of which the right `C` was checked. Functions that need the right take this, and the place from it.
pub struct Allowed<C> {
    grant: Grant,
    capability: PhantomData<fn() -> C>,
}

impl<C> Clone for Allowed<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Allowed<C> {}

impl<C> std::fmt::Debug for Allowed<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Allowed").field(&self.grant).finish()
    }
}

impl<C> std::ops::Deref for Allowed<C> {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

/// Why a grant does not give what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The actor may not know that the place exists.
    Hidden,
    /// The actor sees the place and lacks this permission.
    Missing(Permissions),
    /// The actor would have the permission if they were not timed out, until then.
    TimedOut(Timestamp),
}

impl Denied {
    /// Why somebody may not do what needs `missing`, all of which they lack.
    pub fn lacking(missing: Permissions, silence: Option<Silence>) -> Self {
        match silence {
            Some(Silence { until, lost }) if lost.contains(missing) => Self::TimedOut(until),
            _ => Self::Missing(missing),
        }
    }
}

/// A right that can be asked of a [`Grant`]. Implemented by the markers in [`can`].
pub trait Capability {
    /// The permission bit that gives it.
    const PERMISSION: Permissions;
}

/// The rights that functions ask for, as types.
pub mod can {
    use super::{Capability, Permissions};

    macro_rules! capabilities {
        ($($(#[$doc:meta])+ $name:ident = $bit:ident;)+) => {$(
            $(#[$doc])+
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}

            impl Capability for $name {
                const PERMISSION: Permissions = Permissions::$bit;
            }
        )+};
    }

    capabilities! {
        /// See the place and what happens in it from now on.
        View = VIEW_CHANNEL;
        /// Read what was written before.
        ReadHistory = READ_HISTORY;
        /// Write, and change what one wrote.
        Send = SEND_MESSAGES;
        /// Send files.
        AttachFiles = ATTACH_FILES;
        /// Change what others wrote.
        ManageMessages = MANAGE_MESSAGES;
        /// Be in a voice channel.
        Connect = CONNECT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Env, Permissions};

    #[expect(clippy::disallowed_methods, reason = "a unit test of the proof itself")]
    fn grant(permissions: Permissions) -> Grant {
        let env = Env::system();
        Grant::mint(Access {
            user: env.id(),
            timeline: env.id(),
            scope: env.id(),
            version: 1,
            permissions,
            visible_from: 1,
        })
    }

    #[test]
    fn who_is_timed_out_is_told_until_when_if_that_is_why() {
        let until = Env::system().now();
        let quiet = |lost| grant(Permissions::VIEW_CHANNEL).silenced(Some(Silence { until, lost }));
        let refused = quiet(Permissions::SEND_MESSAGES).require::<can::Send>().unwrap_err();
        assert_eq!(refused, Denied::TimedOut(until));
        let refused = quiet(Permissions::ATTACH_FILES).require::<can::Send>().unwrap_err();
        assert_eq!(refused, Denied::Missing(Permissions::SEND_MESSAGES));
    }

    #[test]
    fn who_cannot_see_a_place_is_told_nothing_of_it() {
        assert_eq!(grant(Permissions::SEND_MESSAGES).require::<can::Send>().unwrap_err(), Denied::Hidden);
        assert_eq!(
            grant(Permissions::VIEW_CHANNEL).require::<can::Send>().unwrap_err(),
            Denied::Missing(Permissions::SEND_MESSAGES)
        );
        assert!(grant(Permissions::EVERYONE).require::<can::Send>().is_ok());
    }
}
