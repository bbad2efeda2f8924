//! What is said over `/ws`, as tables: every event and every command, one row each. The AsyncAPI document is made from
//! them; commands are looked up in them.

mod commands;
mod events;

use std::borrow::Cow;

use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

pub(crate) use commands::{CommandRow, commands};
pub(crate) use events::{EventRow, events};

/// The form of a payload: how its type describes itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The name of its schema.
    pub(crate) name: fn() -> Cow<'static, str>,
    /// Its schema.
    pub(crate) schema: fn() -> RefOr<Schema>,
    /// Adds the schemas that it refers to.
    pub(crate) others: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    pub(crate) const fn of<T: ToSchema>() -> Self {
        Self { name: T::name, schema: T::schema, others: T::schemas }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::ws::command::Frame;

    #[test]
    fn every_event_of_the_domain_crates_has_its_row() {
        let rows = events().map(|row| row.name).collect::<Vec<_>>();
        let told = [
            identity::event::EVENTS,
            guilds::event::EVENTS,
            messaging::EVENTS,
            moderation::event::EVENTS,
            messaging::CONVERSATION_EVENTS,
            dm::event::EVENTS,
            social::event::EVENTS,
            voice_signaling::event::EVENTS,
            voice_signaling::event::call::EVENTS,
        ];
        for name in told.into_iter().flatten() {
            assert!(rows.contains(name), "{name} has no row in the table of events");
        }
        assert_eq!(rows.iter().collect::<HashSet<_>>().len(), rows.len(), "an event has two rows: {rows:?}");
    }

    #[test]
    fn every_row_of_commands_is_understood_under_all_its_names() {
        let mut names = HashSet::new();
        for row in commands() {
            for name in row.aliases.iter().chain([&row.name]) {
                assert!(names.insert(name), "{name} stands in the table of commands twice");
                let frame = Frame::parse(&format!(r#"{{"event": "{name}", "data": 7}}"#)).unwrap();
                let refused = frame.command.err().map(|error| error.message).unwrap_or_default();
                assert!(
                    !refused.contains("is none"),
                    "{name} is in the table, but not understood: {refused}"
                );
            }
        }
    }
}
