//! What can go wrong with guilds.

use backbone::db::DbError;
use kernel::{Code, Denied, Failure, Internal, Invalid, Timestamp};
use serde_json::{Value, json};

use crate::policy::{CHANNELS_MAX, HELD_MAX, INVITES_MAX, JOINED_MAX, OVERWRITES_MAX, OWNED_MAX, ROLES_MAX};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The channel is hidden, or the right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such guild, or the caller is no member.
    #[error("no such server, or you are not a member of it")]
    NoGuild,
    /// No guild has this invite code.
    #[error("this invite code leads nowhere; ask for a new one")]
    NoInvite,
    /// They may not join the guild.
    #[error("you are banned from this server{}", banned(until.as_ref(), reason.as_deref()))]
    Banned {
        /// Why.
        reason: Option<String>,
        /// Until when; for ever unless there is one.
        until: Option<Timestamp>,
    },
    /// They are not banned from the guild.
    #[error("they are not banned from this server")]
    NoBan,
    /// The permanent invite code cannot be deleted.
    #[error("a server always has its permanent code: regenerate it, and the old one leads nowhere any more")]
    PermanentInvite,
    /// They are no member of the guild.
    #[error("they are not a member of this server")]
    NoMember,
    /// There is no such account.
    #[error("there is no such account")]
    NoUser,
    /// There is no such role, or the caller is no member of its guild.
    #[error("no such role, or you are not a member of its server")]
    NoRole,
    /// The channel allows and denies them nothing of its own.
    #[error("the channel has no overwrite for them")]
    NoOverwrite,
    /// The role or member does not stand below the caller.
    #[error(
        "they do not stand below you: your highest role must be above what you change and whom you change it for"
    )]
    Hierarchy,
    /// Every member has the role `@everyone`, and it is always the lowest.
    #[error("every member has @everyone: it cannot be renamed, moved, deleted, given or taken")]
    Everyone,
    /// Only the owner may do it.
    #[error("only the owner of the server may do this")]
    NotTheOwner,
    /// The owner stays as long as the guild is theirs.
    #[error("the owner cannot leave the server: transfer it to another member or delete it")]
    OwnerCannotLeave,
    /// There can be no more of them.
    #[error("{0}")]
    TooMany(Bound),
    /// The database did not do it.
    #[error(transparent)]
    Database(DbError),
    /// Something that should not happen did.
    #[error(transparent)]
    Internal(#[from] Internal),
}

/// What there can be only so many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Guilds of one owner.
    Owned,
    /// Guilds that one user is a member of.
    Joined,
    /// Guilds of the one who is to become an owner.
    TheirOwned,
    /// Channels of one guild.
    Channels,
    /// Roles of one guild.
    Roles,
    /// Roles of one member.
    Held,
    /// Overwrites of one channel.
    Overwrites,
    /// Invite codes of one guild.
    Invites,
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Owned => write!(f, "you own {OWNED_MAX} servers, and that is the most: delete one first"),
            Self::Joined => {
                write!(f, "you are in {JOINED_MAX} servers, and that is the most: leave one first")
            }
            Self::TheirOwned => write!(f, "they own {OWNED_MAX} servers, and that is the most"),
            Self::Invites => {
                write!(f, "the server has {INVITES_MAX} invite codes, and that is the most: delete one first")
            }
            Self::Channels => {
                write!(f, "the server has {CHANNELS_MAX} channels, and that is the most: delete one first")
            }
            Self::Roles => {
                write!(f, "the server has {ROLES_MAX} roles, and that is the most: delete one first")
            }
            Self::Held => write!(f, "they have {HELD_MAX} roles, and that is the most: take one first"),
            Self::Overwrites => {
                write!(
                    f,
                    "the channel has {OVERWRITES_MAX} overwrites, and that is the most: delete one first"
                )
            }
        }
    }
}

/// The rest of a sentence about a ban.
fn banned(until: Option<&Timestamp>, reason: Option<&str>) -> String {
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    until + &reason
}

impl Failure for Error {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Denied(denied) => denied.code(),
            Self::NoGuild
            | Self::NoInvite
            | Self::NoMember
            | Self::NoUser
            | Self::NoRole
            | Self::NoOverwrite
            | Self::NoBan => Code::ResourceNotFound,
            Self::Hierarchy => Code::RoleHierarchy,
            Self::NotTheOwner | Self::Everyone => Code::Forbidden,
            Self::Banned { .. } => Code::Banned,
            Self::OwnerCannotLeave | Self::PermanentInvite | Self::TooMany(_) => Code::Conflict,
            Self::Database(error) => error.code(),
            Self::Internal(_) => Code::Internal,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Invalid(invalid) => invalid.details(),
            Self::Denied(denied) => denied.details(),
            Self::Banned { reason, until } => Some(json!({ "reason": reason, "expiresAt": until })),
            _ => None,
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some("guilds_owner_id_fkey" | "members_user_id_fkey" | "bans_user_id_fkey") => Self::NoUser,
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}
