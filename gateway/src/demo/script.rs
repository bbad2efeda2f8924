//! What the community has said to each other lately.

mod allotments;
mod engines;

/// A server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// By username.
    pub(super) owner: &'static str,
    pub(super) members: &'static [&'static str],
    pub(super) channels: &'static [Channel],
}

/// A channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: &'static str,
    /// Of one that is made for the purpose; `general` is there before.
    pub(super) topic: &'static str,
    /// How many of the last lines nobody has read but who wrote later ones.
    pub(super) unread: usize,
    pub(super) lines: &'static [Line],
}

/// Something that was said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) when: When,
    pub(super) author: &'static str,
    pub(super) text: &'static str,
    /// What other lines call it; empty for most.
    pub(super) name: &'static str,
    /// The name of the line that it answers; empty for most.
    pub(super) answers: &'static str,
    /// What its author made of it.
    pub(super) later: Option<&'static str>,
    /// Whether its author deleted it.
    pub(super) is_taken_back: bool,
}

/// When something was said.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// So many days before today, at this hour and minute (UTC).
    Day(i64, i64, i64),
    /// So many minutes ago.
    Ago(i64),
}

pub(super) const SERVERS: [Server; 2] = [engines::SERVER, allotments::SERVER];

const fn day(days: i64, hour: i64, minute: i64) -> When {
    When::Day(days, hour, minute)
}

const fn ago(hours: i64, minutes: i64) -> When {
    When::Ago(hours * 60 + minutes)
}

const fn said(when: When, author: &'static str, text: &'static str) -> Line {
    Line { when, author, text, name: "", answers: "", later: None, is_taken_back: false }
}

impl Line {
    const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    const fn answering(self, answers: &'static str) -> Self {
        Self { answers, ..self }
    }

    const fn then_edited(self, text: &'static str) -> Self {
        Self { later: Some(text), ..self }
    }

    const fn then_deleted(self) -> Self {
        Self { is_taken_back: true, ..self }
    }
}

#[cfg(test)]
impl When {
    /// Whether its author may still change it.
    pub(super) fn is_recent(self) -> bool {
        matches!(self, Self::Ago(minutes) if minutes < 24 * 60)
    }
}
