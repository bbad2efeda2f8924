//! Who may do what: the whole rule, and nothing else. Pure.
//!
//! The owner and administrators may do everything. Others may do what any of their roles allows; in a channel its
//! overwrites change that, in this order: those of `@everyone`, what is denied to their roles, what is allowed to their
//! roles, their own. Who is timed out keeps looking and reading. Without [`Permissions::VIEW_CHANNEL`] nothing holds;
//! without [`Permissions::SEND_MESSAGES`] nobody attaches, mentions or reacts anew.

use kernel::{GuildId, Permissions, RoleId, Silence, Timestamp, UserId};
use uuid::Uuid;

use crate::ChannelKind;

/// What is left to a member who is timed out.
const TIMED_OUT: Permissions = Permissions::VIEW_CHANNEL.union(Permissions::READ_HISTORY);

/// What means nothing to somebody who may not write.
const WRITING: Permissions =
    Permissions::ATTACH_FILES.union(Permissions::MENTION_EVERYONE).union(Permissions::ADD_REACTIONS);

/// A role that somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// Which.
    pub id: RoleId,
    /// Its authority: 0 is `@everyone`, higher numbers have more.
    pub position: i32,
    /// What it allows.
    pub permissions: Permissions,
}

/// Where a member stands in their guild: what their permissions and their authority are computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The guild.
    pub guild: GuildId,
    /// Who.
    pub user: UserId,
    /// Whose the guild is.
    pub owner: UserId,
    /// Until when they may only look and read, if that is still to come.
    pub timed_out: Option<Timestamp>,
    /// Their roles, `@everyone` among them.
    pub roles: Vec<Held>,
}

/// What a channel allows and denies to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overwrite {
    /// A role's id or a user's: the two are never the same.
    pub(crate) target: Uuid,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

impl Membership {
    /// Whether the guild is theirs.
    pub fn is_owner(&self) -> bool {
        self.user == self.owner
    }

    /// What they may do in the guild as a whole.
    pub fn permissions(&self) -> Permissions {
        let union = self.union();
        if self.is_sovereign(union) {
            return Permissions::all();
        }
        if self.timed_out.is_some() { union & TIMED_OUT } else { union }
    }

    /// What their time-out, if there is one, keeps from them of what `may` says.
    pub(crate) fn silence(&self, may: impl Fn(&Self) -> Permissions) -> Option<Silence> {
        let until = self.timed_out?;
        let free = Self { timed_out: None, ..self.clone() };
        Some(Silence { until, lost: may(&free) - may(self) })
    }

    /// The position of their highest role.
    pub fn top(&self) -> i32 {
        self.roles.iter().map(|role| role.position).max().unwrap_or(0)
    }

    /// Whether they stand above a role of this position.
    pub fn is_above(&self, position: i32) -> bool {
        self.is_owner() || self.top() > position
    }

    /// Whether they stand above another member of the guild: never above the owner, never above themselves.
    pub fn outranks(&self, other: &Self) -> bool {
        self.user != other.user && !other.is_owner() && self.is_above(other.top())
    }

    /// What they may do in a channel of this kind with these overwrites, of which those of others mean nothing to them.
    pub(crate) fn in_channel(&self, overwrites: &[Overwrite], kind: ChannelKind) -> Permissions {
        let union = self.union();
        if self.is_sovereign(union) {
            return Permissions::all();
        }
        let everyone = |held: &Held| held.position == 0;
        let is_everyone =
            |target: Uuid| self.roles.iter().any(|held| everyone(held) && held.id.uuid() == target);
        let is_role =
            |target: Uuid| self.roles.iter().any(|held| !everyone(held) && held.id.uuid() == target);
        let mut here = union;
        for overwrite in overwrites.iter().filter(|overwrite| is_everyone(overwrite.target)) {
            here = overwrite.applied_to(here);
        }
        let roles = overwrites
            .iter()
            .filter(|overwrite| is_role(overwrite.target))
            .fold((Permissions::empty(), Permissions::empty()), |(allow, deny), overwrite| {
                (allow | overwrite.allow, deny | overwrite.deny)
            });
        here = apply(here, roles.0, roles.1);
        for overwrite in overwrites.iter().filter(|overwrite| overwrite.target == self.user.uuid()) {
            here = overwrite.applied_to(here);
        }
        self.settle(here, kind)
    }

    /// What follows from what they have and lack.
    fn settle(&self, mut here: Permissions, kind: ChannelKind) -> Permissions {
        if self.timed_out.is_some() {
            here &= TIMED_OUT;
        }
        if !here.contains(Permissions::VIEW_CHANNEL) {
            return Permissions::empty();
        }
        if kind == ChannelKind::Announcement && !here.contains(Permissions::MANAGE_MESSAGES) {
            here.remove(Permissions::SEND_MESSAGES);
        }
        if !here.contains(Permissions::SEND_MESSAGES) {
            here.remove(WRITING);
        }
        here
    }

    fn union(&self) -> Permissions {
        self.roles.iter().fold(Permissions::empty(), |union, role| union | role.permissions)
    }

    fn is_sovereign(&self, union: Permissions) -> bool {
        self.is_owner() || union.contains(Permissions::ADMINISTRATOR)
    }
}

impl Overwrite {
    fn applied_to(&self, base: Permissions) -> Permissions {
        apply(base, self.allow, self.deny)
    }
}

/// An allowance goes before a denial. Only what means something in a channel can be overwritten there.
fn apply(base: Permissions, allow: Permissions, deny: Permissions) -> Permissions {
    (base - (deny & Permissions::CHANNEL)) | (allow & Permissions::CHANNEL)
}

#[cfg(test)]
mod matrix;
#[cfg(test)]
mod properties;
