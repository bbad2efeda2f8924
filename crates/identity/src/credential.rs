//! What a caller proved, and how far it reaches.

use kernel::{Actor, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who calls, and what they may do with what they called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Who.
    pub actor: Actor,
    /// How far it reaches.
    pub reach: Reach,
    /// When it stops to work; `None`: not before it is revoked.
    pub until: Option<Timestamp>,
}

/// How far a credential reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything that the account may do: a login.
    Login,
    /// What the scopes of an API key say, and never the account's credentials.
    Key(Scopes),
}

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read, and listen.
    Read,
    /// Make, change and delete. Without `read` what others wrote stays hidden.
    Write,
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// Has [`Scope::Read`].
    pub read: bool,
    /// Has [`Scope::Write`].
    pub write: bool,
}

impl Reach {
    /// Whether it reaches so far.
    pub fn covers(self, scope: Scope) -> bool {
        match (self, scope) {
            (Self::Login, _) => true,
            (Self::Key(scopes), Scope::Read) => scopes.read,
            (Self::Key(scopes), Scope::Write) => scopes.write,
        }
    }
}

impl Scope {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl Scopes {
    /// The scopes in a list; twice is once.
    pub(crate) fn of(list: &[Scope]) -> Self {
        Self { read: list.contains(&Scope::Read), write: list.contains(&Scope::Write) }
    }

    /// As a list.
    pub(crate) fn list(self) -> Vec<Scope> {
        let all = [(self.read, Scope::Read), (self.write, Scope::Write)];
        all.into_iter().filter_map(|(has, scope)| has.then_some(scope)).collect()
    }
}
