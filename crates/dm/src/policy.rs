//! How many there may be.

/// Members of a group.
pub const MEMBERS_MAX: i32 = 100;
/// Conversations that a session hears from the start: the ones with the latest activity. Older ones are in the list, and
/// are heard by `join-channel` or from the next session on.
pub const HEARD_MAX: i64 = 5_000;
/// People with whom somebody writes who are told how they are: those of the newest conversations.
pub const PARTNERS_MAX: i64 = 1_000;
/// Characters of a group's name.
pub(crate) const NAME_MAX: usize = 100;
