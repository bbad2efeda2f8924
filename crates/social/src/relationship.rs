//! How two people stand to each other, and what an act does to it. Pure: the whole rule is here.

use kernel::{FriendRequestId, UserId};

use crate::error::{Bound, Error};
use crate::model::Request;

/// How the one who acts and another stand to each other. At most one request is between two people; friends have none;
/// and a block by either excludes both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relationship {
    /// They are friends.
    pub(crate) friends: bool,
    /// One asked the other.
    pub(crate) request: Option<Request>,
    /// The one who acts blocks the other.
    pub(crate) blocks: bool,
    /// The other blocks the one who acts.
    pub(crate) blocked: bool,
}

/// Of what the two have as many as one may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Full {
    /// The one who acts, friends.
    pub(crate) friends: bool,
    /// The other, friends.
    pub(crate) their_friends: bool,
    /// The one who acts, requests that wait for an answer.
    pub(crate) outgoing: bool,
    /// The other, requests that wait for theirs.
    pub(crate) their_incoming: bool,
}

/// What comes of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The request waits for its answer.
    Sent,
    /// The other had asked before: with this request they become friends.
    Crossed(Request),
}

impl Relationship {
    /// What comes of it when `actor` asks the other. Who is blocked is told what one is told whom there is no room for.
    pub(crate) fn ask(&self, actor: UserId, full: Full) -> Result<Asked, Error> {
        if self.blocks {
            return Err(Error::Blocked);
        }
        if self.friends {
            return Err(Error::AlreadyFriends);
        }
        match self.request {
            Some(request) if request.sender_id == actor => Err(Error::AlreadyAsked),
            Some(request) => full.befriend().map(|()| Asked::Crossed(request)),
            None if full.outgoing => Err(Error::TooMany(Bound::Requests)),
            None if self.blocked || full.their_incoming => Err(Error::Unwilling),
            None => Ok(Asked::Sent),
        }
    }

    /// The request of this id, when it waits for the answer of `actor`.
    pub(crate) fn to(&self, actor: UserId, id: FriendRequestId) -> Result<Request, Error> {
        self.request.filter(|found| found.id == id && found.receiver_id == actor).ok_or(Error::NoRequest)
    }

    /// The request of this id, when `actor` sent it.
    pub(crate) fn of(&self, actor: UserId, id: FriendRequestId) -> Result<Request, Error> {
        self.request.filter(|found| found.id == id && found.sender_id == actor).ok_or(Error::NoRequest)
    }
}

impl Full {
    /// Whether the two may become friends.
    pub(crate) fn befriend(&self) -> Result<(), Error> {
        match self {
            Self { friends: true, .. } => Err(Error::TooMany(Bound::Friends)),
            Self { their_friends: true, .. } => Err(Error::TooMany(Bound::TheirFriends)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Env, Failure};
    use proptest::prelude::*;

    use super::*;

    /// What two people can be to each other, as the first of them sees it.
    fn relationships(actor: UserId, other: UserId) -> impl Strategy<Value = Relationship> {
        let request = |sender_id, receiver_id| {
            let env = Env::system();
            Request { id: env.id(), sender_id, receiver_id, created_at: env.now() }
        };
        let blocks = (any::<bool>(), any::<bool>());
        let blocks =
            blocks.prop_map(|(blocks, blocked)| Relationship { blocks, blocked, ..Relationship::default() });
        prop_oneof![
            blocks,
            Just(Relationship { friends: true, ..Relationship::default() }),
            Just(Relationship { request: Some(request(actor, other)), ..Relationship::default() }),
            Just(Relationship { request: Some(request(other, actor)), ..Relationship::default() }),
        ]
    }

    fn fulls() -> impl Strategy<Value = Full> {
        any::<[bool; 4]>().prop_map(|[friends, their_friends, outgoing, their_incoming]| Full {
            friends,
            their_friends,
            outgoing,
            their_incoming,
        })
    }

    proptest! {
        #[test]
        fn nobody_asks_where_something_is_between_them_and_a_block_looks_like_no_room(
            (actor, relationship) in (Just(Env::system().id()), Just(Env::system().id()))
                .prop_flat_map(|(actor, other)| (Just(actor), relationships(actor, other))),
            full in fulls(),
        ) {
            match relationship.ask(actor, full) {
                Ok(Asked::Sent) => prop_assert_eq!(relationship, Relationship::default()),
                Ok(Asked::Crossed(request)) => {
                    prop_assert!(request.receiver_id == actor && full.befriend().is_ok());
                }
                Err(Error::Blocked) => prop_assert!(relationship.blocks),
                Err(Error::Unwilling) => {
                    // Who is blocked cannot tell: the same is said when there is no room.
                    let free = Relationship { blocked: false, ..relationship };
                    let crowded = Full { their_incoming: true, ..full };
                    let told = free.ask(actor, crowded).map_err(|error| (error.code(), error.to_string()));
                    prop_assert_eq!(told, Err((Error::Unwilling.code(), Error::Unwilling.to_string())));
                }
                Err(_) => prop_assert!(relationship.friends || relationship.request.is_some() || full.outgoing),
            }
        }
    }
}
