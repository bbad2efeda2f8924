//! What people are told of each other: the payloads of the events, by the events' names. A block is told to nobody but
//! to the one who blocks.

use identity::UserCard;
use kernel::{Event, FriendRequestId, Header, Internal, Timestamp, Topic, UserId, frame};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::RequestView;

macro_rules! events {
    ($($(#[$doc:meta])+ $name:ident = $event:literal { $($(#[$field_doc:meta])+ $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$doc])+
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
            #[serde(rename_all = "camelCase")]
            pub struct $name { $($(#[$field_doc])+ pub $field: $type,)+ }

            impl $name {
                /// The event's name on the wire.
                pub const EVENT: &str = $event;
            }

            impl Payload for $name {
                const NAME: &'static str = $event;
            }
        )+

        /// The names of all events of this crate.
        pub const EVENTS: &[&str] = &[$($event),+];
    };
}

/// A payload that belongs to an event.
pub(crate) trait Payload: Serialize {
    /// The event's name.
    const NAME: &'static str;
}

events! {
    /// To the one who is asked.
    FriendRequestReceived = "friend-request-received" {
        /// The request.
        request: RequestView,
    }
    /// To the sessions of the one who asked.
    FriendRequestSent = "friend-request-sent" {
        /// The request.
        request: RequestView,
    }
    /// To both: they are friends.
    FriendRequestAccepted = "friend-request-accepted" {
        /// The request that is answered by it.
        request_id: FriendRequestId,
        /// The other.
        friend: UserCard,
        /// Since when they are friends.
        since: Timestamp,
    }
    /// To both: the request is gone, and they are no friends.
    FriendRequestDeclined = "friend-request-declined" {
        /// The request.
        request_id: FriendRequestId,
        /// Who was asked.
        user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        username: String,
    }
    /// To both: the request is gone, for who asked took it back.
    FriendRequestCancelled = "friend-request-cancelled" {
        /// The request.
        request_id: FriendRequestId,
        /// Who asked.
        user_id: UserId,
        /// Their username.
        #[schema(example = "ada")]
        username: String,
    }
    /// To both: they are no friends any more.
    FriendRemoved = "friend-removed" {
        /// The other.
        friend_id: UserId,
        /// The other.
        friend: UserCard,
    }
    /// To the sessions of the one who blocks.
    UserBlocked = "user-blocked" {
        /// Whom.
        user_id: UserId,
        /// Their username.
        #[schema(example = "eve")]
        username: String,
    }
    /// To the sessions of the one who blocked.
    UserUnblocked = "user-unblocked" {
        /// Whom.
        user_id: UserId,
        /// Their username.
        #[schema(example = "eve")]
        username: String,
    }
}

/// The event that tells the sessions of `user`.
pub(crate) fn tell<T: Payload>(user: UserId, what: &T) -> Result<Event, Internal> {
    Ok(Event { topic: Topic::User(user), header: Header::default(), frame: frame(T::NAME, what, None)? })
}
