//! Times as they stand in tables and on the wire.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::ToSchema;
use uuid::{Builder, Uuid};

/// A moment in UTC with millisecond precision. On the wire: RFC 3339, always with three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Timestamptz))]
#[schema(value_type = String, format = DateTime, example = "2026-01-02T03:04:05.678Z")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The moment `millis` milliseconds after 1970-01-01T00:00:00Z; `None` outside chrono's range.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down: what a JWT carries.
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// The lowest id that can be made at this moment: those of everything later are higher.
    pub fn first_id<T: From<Uuid>>(self) -> T {
        let millis = u64::try_from(self.millis()).unwrap_or(0);
        T::from(Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }

    /// This moment moved by `by` (which may be negative); stays where it is at the edge of the representable range.
    #[must_use]
    pub fn plus(self, by: TimeDelta) -> Self {
        self.0.checked_add_signed(by).map_or(self, Self)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Finer parts than a millisecond are cut off.
    fn from(at: DateTime<Utc>) -> Self {
        Self::from_millis(at.timestamp_millis()).unwrap_or(Self(at))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|at| at.to_utc().into())
            .map_err(|_| D::Error::custom("must be a time such as 2026-01-02T03:04:05.678Z"))
    }
}

#[cfg(feature = "diesel")]
mod sql {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Timestamptz;

    use super::{DateTime, Timestamp, Utc};

    impl ToSql<Timestamptz, Pg> for Timestamp {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            ToSql::<Timestamptz, Pg>::to_sql(&self.0, out)
        }
    }

    impl FromSql<Timestamptz, Pg> for Timestamp {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value).map(Self::from)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn the_wire_has_three_decimals_always() {
        let at = Timestamp::from_millis(1_700_000_000_000).unwrap();
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2023-11-14T22:13:20.000Z\"");
        let back: Timestamp = serde_json::from_str("\"2023-11-14T23:13:20+01:00\"").unwrap();
        assert_eq!(back, at);
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
    }
}
