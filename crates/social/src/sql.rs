//! SQL for statements of other crates, so that they read blocks in the snapshot of what they decide, and no other crate names
//! this crate's tables.

/// Whether somebody blocks somebody: to be followed by the expression of the one's id, [`WHOM`], that of the other's, and a
/// closing bracket. One look-up by key.
pub const BLOCKS: &str = "EXISTS (SELECT FROM blocks AS wall WHERE wall.user_id = ";
/// See [`BLOCKS`].
pub const WHOM: &str = " AND wall.blocked_id = ";
