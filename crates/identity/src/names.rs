//! SQL that finds accounts by the beginning of a name, for statements of other crates: so that a list of theirs can be
//! narrowed to it in one statement, and the table of accounts is named here alone.
//!
//! `BY_USERNAME text TO_USERNAME end` is a query of ids: of those whose username, in lower case and compared by bytes, is
//! not before `text` and before `end`. Accounts that are suspended or gone are not found. The indexes of the search are
//! made for these conditions.

/// The ids of those whose username is not before what follows.
pub const BY_USERNAME: &str =
    "SELECT id FROM users WHERE suspended_at IS NULL AND deleted_at IS NULL AND lower(username) ~>=~ ";
/// And before what follows.
pub const TO_USERNAME: &str = " AND lower(username) ~<~ ";
/// The ids of those whose display name is not before what follows.
pub const BY_NAME: &str =
    "SELECT id FROM users WHERE suspended_at IS NULL AND deleted_at IS NULL AND lower(name) ~>=~ ";
/// And before what follows.
pub const TO_NAME: &str = " AND lower(name) ~<~ ";
