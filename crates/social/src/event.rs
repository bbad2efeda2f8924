//! What people are told of each other: the payloads of the events, by the events' names. A block is told to nobody but
//! to the one who blocks.

use identity::UserCard;
use kernel::{Event, FriendRequestId, Header, Internal, Payload, Timestamp, Topic, UserId, frame};

use crate::view::RequestView;

kernel::payloads! {
    /// To the one who is asked.
    FriendRequestReceived = "friend-request-received" {
        /// The request.
        pub request: RequestView,
    }
    /// To the sessions of the one who asked.
    FriendRequestSent = "friend-request-sent" {
        /// The request.
        pub request: RequestView,
    }
    /// To both: they are friends.
    FriendRequestAccepted = "friend-request-accepted" {
        /// The request that is answered by it.
        pub request_id: FriendRequestId,
        /// The other.
        pub friend: UserCard,
        /// Since when they are friends.
        pub since: Timestamp,
    }
    /// To both: the request is gone, and they are no friends.
    FriendRequestDeclined = "friend-request-declined" {
        /// The request.
        pub request_id: FriendRequestId,
        /// Who was asked.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        pub username: String,
    }
    /// To both: the request is gone, for who asked took it back.
    FriendRequestCancelled = "friend-request-cancelled" {
        /// The request.
        pub request_id: FriendRequestId,
        /// Who asked.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "ada")]
        pub username: String,
    }
    /// To both: they are no friends any more.
    FriendRemoved = "friend-removed" {
        /// The other.
        pub friend_id: UserId,
        /// The other.
        pub friend: UserCard,
    }
    /// To the sessions of the one who blocks.
    UserBlocked = "user-blocked" {
        /// Whom.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "eve")]
        pub username: String,
    }
    /// To the sessions of the one who blocked.
    UserUnblocked = "user-unblocked" {
        /// Whom.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "eve")]
        pub username: String,
    }
}

/// The event that tells the sessions of `user`.
pub(crate) fn tell<T: Payload>(user: UserId, what: &T) -> Result<Event, Internal> {
    Ok(Event { topic: Topic::User(user), header: Header::default(), frame: frame(T::NAME, what, None)? })
}
