//! What an import did.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use messaging::input::CONTENT_MAX;

use super::SkipReason;

/// What an import read, wrote and left out. Displays as a small table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Logs read.
    pub logs: usize,
    /// Their lines.
    pub lines: usize,
    /// Lines that were not UTF-8 and were read as Windows-1252.
    pub recoded: usize,
    /// Messages that are something said.
    pub texts: usize,
    /// Messages that are something done.
    pub actions: usize,
    /// Messages that are a change of a nick.
    pub renames: usize,
    /// Messages that are new in the channel.
    pub added: usize,
    /// Messages that were there before.
    pub present: usize,
    /// Messages that were cut because they were too long.
    pub cut: usize,
    /// People who are new in the server.
    pub members_added: usize,
    /// People who were there before.
    pub members_present: usize,
    /// Messages that answer another one.
    pub replies: usize,
    /// Links left out because their message answers a nearer one too.
    pub replies_further: usize,
    /// Links left out because one of their lines is no message.
    pub replies_lost: usize,
    /// Lines that became no message, by reason.
    pub skipped: BTreeMap<SkipReason, usize>,
    /// The server's invite code: who gives it to whom decides who reads what was imported.
    pub invite: String,
    /// How long the whole took.
    pub took: Duration,
    /// How long writing the messages took.
    pub writing: Duration,
}

impl Report {
    /// Messages a second while messages were written.
    pub fn rate(&self) -> f64 {
        let messages = u32::try_from(self.added + self.present).unwrap_or(u32::MAX);
        if self.writing.is_zero() { 0.0 } else { f64::from(messages) / self.writing.as_secs_f64() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, text: String| writeln!(f, "{name:<9} {text}");
        row("read", format!("{} lines of {} logs, {} not UTF-8", self.lines, self.logs, self.recoded))?;
        row("messages", format!("{} new, {} there before", self.added, self.present))?;
        row("", format!("{} said, {} actions, {} nick changes", self.texts, self.actions, self.renames))?;
        if self.cut > 0 {
            row("", format!("{} cut to {CONTENT_MAX} characters", self.cut))?;
        }
        row("replies", format!("{}", self.replies))?;
        if self.replies_further + self.replies_lost > 0 {
            let (further, lost) = (self.replies_further, self.replies_lost);
            row("", format!("left out: {further} beside a nearer one, {lost} of lines that are no message"))?;
        }
        row("members", format!("{} new, {} there before", self.members_added, self.members_present))?;
        for (place, (skip, count)) in self.skipped.iter().enumerate() {
            row(if place == 0 { "skipped" } else { "" }, format!("{skip}: {count}"))?;
        }
        row("invite", self.invite.clone())?;
        let (took, writing) = (self.took.as_secs_f64(), self.writing.as_secs_f64());
        let rate = self.rate();
        write!(f, "{:<9} {took:.2} s, {writing:.2} s for messages: {rate:.0} a second", "took")
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Joined => "joins",
            Self::Left => "parts",
            Self::Quit => "quits",
            Self::Mode => "modes",
            Self::Kick => "kicks",
            Self::Topic => "topics",
            Self::Empty => "no text",
            Self::Notice => "unknown notices",
            Self::Unreadable => "no known shape",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_a_table() {
        let report = Report {
            logs: 1,
            lines: 30,
            recoded: 1,
            texts: 12,
            actions: 4,
            renames: 2,
            added: 18,
            members_added: 6,
            replies: 7,
            skipped: BTreeMap::from([(SkipReason::Joined, 2), (SkipReason::Kick, 1)]),
            invite: "k7m2p9qxwa".into(),
            took: Duration::from_millis(40),
            writing: Duration::from_millis(20),
            ..Report::default()
        };
        let expected = "\
read      30 lines of 1 logs, 1 not UTF-8
messages  18 new, 0 there before
          12 said, 4 actions, 2 nick changes
replies   7
members   6 new, 0 there before
skipped   joins: 2
          kicks: 1
invite    k7m2p9qxwa
took      0.04 s, 0.02 s for messages: 900 a second";
        assert_eq!(report.to_string(), expected);
    }
}
