//! Who may write to whom first.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use kernel::UserId;

use super::Dm;
use crate::input::AcceptsBody;
use crate::store::{pairs, settings};
use crate::{Accepts, Error, Tie};

impl Dm {
    /// From whom the user accepts messages.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn accepts(&self, user: UserId) -> Result<Accepts, Error> {
        let mut conn = self.pool.get().await?;
        Ok(settings::of(&mut conn, &[user]).await?.remove(&user).unwrap_or_default())
    }

    /// The user chooses from whom they accept messages. Conversations that are open stay open.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_accepts(&self, user: UserId, body: AcceptsBody) -> Result<Accepts, Error> {
        let mut conn = self.pool.get().await?;
        settings::set(&mut conn, user, body.accept_from).await?;
        Ok(body.accept_from)
    }

    /// That `user` may bring each of `others` into a conversation: they are there, accept messages from them, and neither
    /// keeps the other out.
    pub(super) async fn may_bring(&self, user: UserId, others: &[UserId]) -> Result<(), Error> {
        let ties = self.people.ties(user, others.to_vec()).await?;
        let mut conn = self.pool.get().await?;
        let divided = pairs::divided(&mut conn, user, others).await?;
        if divided.iter().any(|(_, blocks)| *blocks) {
            return Err(Error::Blocked);
        }
        let chosen = settings::of(&mut conn, others).await?;
        for other in others {
            let tie = ties.get(other).ok_or(Error::NoUser)?;
            if !permits(chosen.get(other).copied().unwrap_or_default(), *tie) {
                return Err(Error::NotAccepted);
            }
        }
        if divided.is_empty() { Ok(()) } else { Err(Error::NotAccepted) }
    }
}

/// Whether somebody accepts messages of who is connected to them like this.
pub(super) async fn accepted(tx: &mut AsyncPgConnection, user: UserId, tie: Tie) -> QueryResult<bool> {
    let chosen = settings::of(tx, &[user]).await?.remove(&user).unwrap_or_default();
    Ok(permits(chosen, tie))
}

const fn permits(accepts: Accepts, tie: Tie) -> bool {
    match accepts {
        Accepts::Everyone => true,
        Accepts::Servers => tie.friends || tie.share_server,
        Accepts::Friends => tie.friends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_lets_in_those_of_the_narrower_ones() {
        let tie = |friends, share_server| Tie { friends, share_server };
        let ties = [tie(false, false), tie(false, true), tie(true, false)];
        let lets = |accepts| ties.map(|tie| permits(accepts, tie));
        assert_eq!(lets(Accepts::Everyone), [true, true, true]);
        assert_eq!(lets(Accepts::Servers), [false, true, true]);
        assert_eq!(lets(Accepts::Friends), [false, false, true]);
        assert_eq!(Accepts::default(), Accepts::Servers);
    }
}
