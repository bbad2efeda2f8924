//! The commands, a file for each family of them.

mod conversations;
mod friends;
mod messages;
mod moderation;
mod presence;
mod session;
mod voice;

use kernel::Code;

use super::Shape;
use crate::ws::payload::EmptyAck;

/// A command that clients send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommandRow {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// Other names that are understood.
    pub(crate) aliases: &'static [&'static str],
    /// Its payload: all of these in one object; nothing when it needs none.
    pub(crate) data: &'static [Shape],
    /// Whether a channel's id alone will do as the payload.
    pub(crate) bare: bool,
    /// The payload of its `ack`.
    pub(crate) ack: Shape,
    /// What it needs: all of these, of each any one.
    pub(crate) permissions: &'static [&'static [&'static str]],
    /// What it can be refused with, beside [`REFUSALS`].
    pub(crate) errors: &'static [Code],
    /// The HTTP call of the same meaning.
    pub(crate) call: Option<&'static str>,
    /// What it does.
    pub(crate) words: &'static str,
}

/// What every command can be refused with.
const REFUSALS: &[Code] = &[
    Code::ValidationFailed,
    Code::Unauthenticated,
    Code::Forbidden,
    Code::RateLimited,
    Code::Internal,
    Code::Unavailable,
];

/// A command without a payload, an answer or a right that it needs: what the rows begin from.
const PLAIN: CommandRow = CommandRow {
    name: "",
    aliases: &[],
    data: &[],
    bare: false,
    ack: Shape::of::<EmptyAck>(),
    permissions: &[],
    errors: &[],
    call: None,
    words: "",
};

/// Every family.
const FAMILIES: &[&[CommandRow]] = &[
    session::ROWS,
    messages::ROWS,
    presence::ROWS,
    moderation::ROWS,
    conversations::ROWS,
    friends::ROWS,
    voice::ROWS,
];

/// Every command.
pub(crate) fn commands() -> impl Iterator<Item = &'static CommandRow> {
    FAMILIES.iter().copied().flatten()
}

impl CommandRow {
    /// Whether a command can be refused with this. What a permission is needed for, who is timed out may not.
    pub(crate) fn can_fail_with(&self, code: Code) -> bool {
        let told = if code == Code::TimedOut { Code::InsufficientPermissions } else { code };
        REFUSALS.contains(&code) || self.errors.contains(&told)
    }

    /// The row of a command, by any of its names.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        commands().find(|row| row.name == name || row.aliases.contains(&name))
    }
}
