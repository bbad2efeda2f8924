//! What people say of themselves, and how they want things.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::{Queryable, Selectable};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::users;

/// How somebody wants to be seen.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There, whenever they are connected.
    #[default]
    Online,
    /// Not at their desk.
    Away,
    /// Not to be disturbed.
    Busy,
    /// Invisible: as if they were not connected.
    Offline,
    /// In a meeting.
    InMeeting,
}

impl Status {
    /// The name in tables and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Offline => "offline",
            Self::InMeeting => "inmeeting",
        }
    }
}

impl Status {
    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Online, Self::Away, Self::Busy, Self::Offline, Self::InMeeting];
        all.into_iter().find(|status| status.as_str() == name)
    }
}

impl ToSql<Text, Pg> for Status {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
    }
}

impl FromSql<Text, Pg> for Status {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let name = <String as FromSql<Text, Pg>>::from_sql(value)?;
        Self::from_name(&name).ok_or_else(|| format!("no status: {name:?}").into())
    }
}

/// How somebody wants things. Nobody else sees it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users, check_for_backend(Pg))]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Whether clients should notify at all.
    pub notifications: bool,
    /// Whether clients should make a sound.
    pub sound_enabled: bool,
    /// The name of a time zone of the IANA database.
    #[schema(example = "Europe/London")]
    pub timezone: Option<String>,
    /// Whether a search for exactly their e-mail address finds them.
    pub discoverable_by_email: bool,
    /// Whether a search for exactly their phone number finds them.
    pub discoverable_by_phone: bool,
}

impl Default for Preferences {
    /// Notified, with sound, in no time zone, to be found by who knows the address or the number.
    fn default() -> Self {
        Self {
            notifications: true,
            sound_enabled: true,
            timezone: None,
            discoverable_by_email: true,
            discoverable_by_phone: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn a_status_has_one_name() {
        use Status::{Away, Busy, InMeeting, Offline, Online};
        for status in [Online, Away, Busy, Offline, InMeeting] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
