//! The columns that hold sealed values. One that is missing here is not re-encrypted: a test compares with the tables.

use uuid::Uuid;

use super::Purpose;

/// A column of sealed values.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: &'static str,
    /// The primary key, a UUID.
    pub(crate) row: &'static str,
    pub(crate) name: &'static str,
    /// A keyed hash of the same value beside it, for exact search.
    pub(crate) digest: Option<(&'static str, Purpose)>,
}

/// One sealed value's place: it opens there and nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    column: &'static Column,
    row: Uuid,
}

/// An account's phone number.
pub(crate) static PHONE: Column =
    Column { table: "users", row: "id", name: "phone_sealed", digest: Some(("phone_key", Purpose::Phones)) };
/// What an authenticator app shares with us.
pub(crate) static FACTOR_SECRET: Column =
    Column { table: "second_factors", row: "user_id", name: "secret_sealed", digest: None };
/// Where a second factor's codes are sent.
pub(crate) static FACTOR_PHONE: Column =
    Column { table: "second_factors", row: "user_id", name: "phone_sealed", digest: None };

/// All of them.
pub(crate) static COLUMNS: [&Column; 3] = [&PHONE, &FACTOR_SECRET, &FACTOR_PHONE];

impl Column {
    /// The place of this column in a row.
    pub(crate) fn of(&'static self, row: impl Into<Uuid>) -> Place {
        Place { column: self, row: row.into() }
    }
}

impl Place {
    /// Different for every place.
    pub(super) fn bytes(self) -> Vec<u8> {
        let Column { table, name, .. } = self.column;
        [table.as_bytes(), b"\0", name.as_bytes(), b"\0", self.row.as_bytes()].concat()
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.table, self.name)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.column, self.row)
    }
}
