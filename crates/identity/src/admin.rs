//! Who may act on other people's accounts.

use kernel::{Actor, Role, UserId};

use crate::{Client, Error};

/// The proof that an actor is an administrator, and where they act from. What administrators do takes it, and writes
/// down whose it is.
#[derive(Clone, Debug)]
pub struct Admin {
    user: UserId,
    client: Client,
}

impl Admin {
    /// The proof for an actor, if they are one. A token tells the role; when it changes, the account's tokens end.
    ///
    /// # Errors
    /// [`Error::NotAdmin`].
    pub fn of(actor: Actor, client: Client) -> Result<Self, Error> {
        match actor.role {
            Role::Admin => Ok(Self { user: actor.user, client }),
            Role::User => Err(Error::NotAdmin),
        }
    }

    /// Who.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Where from.
    pub fn client(&self) -> &Client {
        &self.client
    }
}
