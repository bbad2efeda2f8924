//! What people say of themselves, and how they want things.

use diesel::prelude::{Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema::users;

backbone::stored_enum! {
    /// How somebody wants to be seen.
    #[derive(Default)]
    pub enum Status {
        /// There, whenever they are connected.
        #[default]
        Online = "online",
        /// Not at their desk.
        Away = "away",
        /// Not to be disturbed.
        Busy = "busy",
        /// Invisible: as if they were not connected.
        Offline = "offline",
        /// In a meeting.
        InMeeting = "inmeeting",
    }
}

/// How somebody wants things. Nobody else sees it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
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
