//! The payloads of events that belong to no timeline.

use serde::Serialize;

/// What an event carries as `data`.
pub trait Payload: Serialize {
    /// The event's name on the wire.
    const NAME: &'static str;
}

/// The payloads of a crate, each with its event's name: structs that are [`Payload`], have the name as `EVENT`, and describe
/// themselves for the AsyncAPI document; and `EVENTS`, the names of them all.
///
/// ```
/// kernel::payloads! {
///     /// To a user: somebody is their friend no more.
///     FriendRemoved = "friend-removed" {
///         /// Who.
///         pub user_id: kernel::UserId,
///     }
/// }
///
/// assert_eq!(FriendRemoved::EVENT, "friend-removed");
/// assert_eq!(EVENTS, ["friend-removed"]);
/// ```
#[macro_export]
macro_rules! payloads {
    ($($(#[$meta:meta])+ $name:ident = $event:literal { $($body:tt)* })+) => {
        $(
            $(#[$meta])+
            #[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
            #[serde(rename_all = "camelCase")]
            pub struct $name { $($body)* }

            impl $name {
                /// The event's name on the wire.
                pub const EVENT: &str = $event;
            }

            impl $crate::Payload for $name {
                const NAME: &'static str = $event;
            }
        )+

        /// The names of the events of this crate whose payloads stand here.
        pub const EVENTS: &[&str] = &[$($event),+];
    };
}
