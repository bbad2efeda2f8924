//! Who may write to whom first.

use std::collections::HashSet;

use diesel_async::AsyncPgConnection;
use identity::Identity;
use kernel::UserId;
use social::Social;

use super::Dm;
use crate::input::AcceptsBody;
use crate::store::{pairs, settings};
use crate::{Accepts, Error};

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

    /// That `user` may bring each of `others` into a group.
    pub(super) async fn may_bring(&self, user: UserId, others: &[UserId]) -> Result<(), Error> {
        let sharing = self.people.sharing_server(user, others.to_vec()).await?;
        let mut conn = self.pool.get().await?;
        may_reach(&mut conn, user, others, &sharing).await
    }
}

/// That `user` may write to each of `others` first: they are there, neither blocks the other, and they accept messages from
/// `user`, who shares a server with those of `sharing`.
pub(super) async fn may_reach(
    conn: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
    sharing: &HashSet<UserId>,
) -> Result<(), Error> {
    if Identity::alive(conn, others).await?.len() < others.len() {
        return Err(Error::NoUser);
    }
    let walls = pairs::walls(conn, user, others).await?;
    if walls.iter().any(|(_, blocks, _)| *blocks) {
        return Err(Error::Blocked);
    }
    let (friends, chosen) =
        (Social::friends_among(conn, user, others).await?, settings::of(conn, others).await?);
    let reaches = |(other, _, blocked): &(UserId, bool, bool)| {
        let tie = Tie { friends: friends.contains(other), share_server: sharing.contains(other) };
        !blocked && permits(chosen.get(other).copied().unwrap_or_default(), tie)
    };
    // The same words for all that the other one decides.
    if walls.iter().all(reaches) { Ok(()) } else { Err(Error::NotAccepted) }
}

/// How somebody is connected to somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tie {
    friends: bool,
    share_server: bool,
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
