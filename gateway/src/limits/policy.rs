//! Which rate a call is counted under. A handler says it in its description: `x-rate-limit`.

use kernel::UserId;

/// The rate of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// None: health, the documents.
    None,
    /// That of all calls without another one: by user, before login by address.
    Requests,
    /// Messages, with those of sockets: by user.
    Messages,
    /// Signals of voice and video, with those of sockets: by user.
    Signals,
    /// Invite codes: by address.
    Invites,
    /// New accounts: by address.
    SignUps,
    /// Downloads of what is held on oneself: by user.
    Exports,
    /// Files that come: by user.
    Uploads,
    /// Downloads of channels: by user.
    ChannelExports,
}

impl Policy {
    /// Every policy.
    pub(crate) const ALL: [Self; 9] = [
        Self::None,
        Self::Requests,
        Self::Messages,
        Self::Signals,
        Self::Invites,
        Self::SignUps,
        Self::Exports,
        Self::Uploads,
        Self::ChannelExports,
    ];

    /// Its name in the documents and headers.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requests => "requests",
            Self::Messages => "messages",
            Self::Signals => "signals",
            Self::Invites => "invites",
            Self::SignUps => "sign-ups",
            Self::Exports => "exports",
            Self::Uploads => "uploads",
            Self::ChannelExports => "channel-exports",
        }
    }

    /// The one of this name; what says nothing is a request like others.
    pub(crate) fn of(name: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|policy| Some(policy.name()) == name).unwrap_or(Self::Requests)
    }

    /// Who is counted under it: a user who is known, or an address. A call without a valid token sends no message and gets
    /// no download, it is a request like others.
    pub(crate) fn for_caller(self, user: Option<UserId>) -> (Self, Option<UserId>) {
        match self {
            Self::Messages | Self::Signals | Self::Exports | Self::ChannelExports | Self::Uploads
                if user.is_none() =>
            {
                (Self::Requests, None)
            }
            Self::Requests
            | Self::Messages
            | Self::Signals
            | Self::Exports
            | Self::ChannelExports
            | Self::Uploads => (self, user),
            Self::None | Self::Invites | Self::SignUps => (self, None),
        }
    }
}
