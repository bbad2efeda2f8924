//! Lines become messages.

use std::collections::HashMap;

use kernel::UserId;
use messaging::input::{CONTENT_MAX, NONCE_MAX};
use messaging::{Imported, ImportedReply, Kind};

use super::archive::Archive;
use super::log::Event;
use super::nick::Nick;
use super::report::Report;

/// The messages of a log, by the people in `people`, in the order of its lines.
pub(super) fn of(archive: Archive, people: &HashMap<String, UserId>, report: &mut Report) -> Vec<Imported> {
    let links = archive.links;
    let mut messages = Vec::new();
    // What can be answered: the earlier lines that became messages.
    let mut written = HashMap::<usize, ImportedReply>::new();
    let mut answered = 0;
    for line in archive.log.lines {
        let Some((nick, kind, content)) = message(line.event, report) else { continue };
        // Everybody has an account by now; nobody else could have written it.
        let Some(&author) = people.get(&nick.key()) else { continue };
        let mut earlier = links.answered_by(line.number).filter_map(|number| written.get(&number));
        let reply_to = earlier.next().cloned();
        report.replies += usize::from(reply_to.is_some());
        let further = earlier.count();
        report.replies_further += further;
        answered += usize::from(reply_to.is_some()) + further;
        let nonce = nonce(&archive.name, line.number);
        written.insert(line.number, ImportedReply { author, nonce: nonce.clone() });
        messages.push(Imported { author, kind, content, at: line.at, nonce, reply_to });
    }
    report.replies_lost += links.count() - answered;
    messages
}

/// Who wrote it, what it is and what it says; `None` for what is not imported.
fn message(event: Event, report: &mut Report) -> Option<(Nick, Kind, String)> {
    let (nick, kind, content) = match event {
        Event::Message { nick, text } => {
            report.texts += 1;
            (nick, Kind::Text, cut(text, CONTENT_MAX, report))
        }
        Event::Action { nick, text } => {
            report.actions += 1;
            // Cut inside, so that the emphasis ends.
            (nick, Kind::Text, format!("_{}_", cut(text, CONTENT_MAX - 2, report).trim_end()))
        }
        Event::Renamed { from, to } => {
            report.renames += 1;
            let content = format!("{} is now known as {}", from.as_str(), to.as_str());
            (from, Kind::System, content)
        }
        Event::Skipped(skip) => {
            *report.skipped.entry(skip).or_default() += 1;
            return None;
        }
    };
    Some((nick, kind, content))
}

/// At most the first `max` characters.
fn cut(mut text: String, max: usize, report: &mut Report) -> String {
    if let Some((end, _)) = text.char_indices().nth(max) {
        text.truncate(end);
        report.cut += 1;
    }
    text
}

/// What a line is known by, so that it is imported once: `irc:{log}:{line}`. The name of the log is shortened when there
/// is no room for it, and then has a hash of the whole at its end.
fn nonce(log: &str, line: usize) -> String {
    let nonce = format!("irc:{log}:{line}");
    if nonce.chars().count() <= NONCE_MAX {
        return nonce;
    }
    let start = log.chars().take(NONCE_ROOM).collect::<String>();
    format!("irc:{start}~{:016x}:{line}", hash(log))
}

/// Characters of a long log name that are kept: with the hash and the longest line number it just fits.
const NONCE_ROOM: usize = NONCE_MAX - "irc:~0123456789abcdef:18446744073709551615".len();

/// FNV-1a of 64 bits: the same in every version of this program, unlike what the standard library offers.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use kernel::Env;
    use proptest::prelude::*;

    use super::*;
    use crate::import::SkipReason;
    use crate::import::log::Log;
    use crate::import::replies::Links;

    /// The sample's messages, each with the line that it answers, and what was counted.
    fn sample() -> (Vec<(String, Option<String>)>, Report) {
        let day = chrono::NaiveDate::from_ymd_opt(2020, 2, 29).unwrap();
        let log = Log::parse(include_bytes!("sample/2020-02-29.raw.txt"), day);
        let links = Links::parse(include_str!("sample/2020-02-29.replies.txt")).unwrap();
        let people = ["ada", "bob", "bob_away", "[foo]^", "|", "名前"];
        let people = people.into_iter().map(|name| (name.to_string(), Env::system().id())).collect();
        let mut report = Report::default();
        let messages = of(Archive { name: "sample".into(), log, links }, &people, &mut report);
        let line = |nonce: &str| nonce.strip_prefix("irc:sample:").unwrap().to_string();
        let told = messages
            .iter()
            .map(|message| (line(&message.nonce), message.reply_to.as_ref().map(|reply| line(&reply.nonce))));
        (told.collect(), report)
    }

    #[test]
    fn a_message_answers_the_nearest_line_that_is_a_message() {
        let (told, report) = sample();
        let answers = told.iter().filter_map(|(line, answered)| Some((line.as_str(), answered.as_deref()?)));
        let expected =
            [("2", "1"), ("5", "1"), ("9", "8"), ("10", "6"), ("18", "14"), ("22", "21"), ("23", "22")];
        assert_eq!(answers.collect::<Vec<_>>(), expected);
        assert_eq!((report.replies, report.replies_further, report.replies_lost), (7, 1, 1));
    }

    #[test]
    fn every_line_is_a_message_or_counted() {
        let (told, report) = sample();
        assert_eq!((report.texts, report.actions, report.renames), (12, 4, 2));
        assert_eq!(told.len(), 18);
        assert_eq!(told.len() + report.skipped.values().sum::<usize>(), 30);
        assert_eq!(report.skipped.get(&SkipReason::Joined), Some(&2));
        assert_eq!(report.skipped.get(&SkipReason::Empty), Some(&3));
    }

    fn nick() -> Nick {
        Nick::parse("ada").unwrap()
    }

    #[test]
    fn what_is_too_long_is_cut_and_counted() {
        let mut report = Report::default();
        let text = "ü".repeat(CONTENT_MAX + 1);
        let (_, _, said) = message(Event::Message { nick: nick(), text: text.clone() }, &mut report).unwrap();
        let (_, _, done) = message(Event::Action { nick: nick(), text }, &mut report).unwrap();
        assert_eq!((said.chars().count(), done.chars().count()), (CONTENT_MAX, CONTENT_MAX));
        assert!(done.starts_with("_ü") && done.ends_with("ü_"));
        assert_eq!(report.cut, 2);
    }

    #[test]
    fn an_action_is_emphasised_and_a_rename_is_a_system_message() {
        let mut report = Report::default();
        let event = Event::Action { nick: nick(), text: "waves".into() };
        let (_, kind, content) = message(event, &mut report).unwrap();
        assert_eq!((kind, content.as_str()), (Kind::Text, "_waves_"));
        let event = Event::Renamed { from: nick(), to: Nick::parse("ada_").unwrap() };
        let (by, kind, content) = message(event, &mut report).unwrap();
        assert_eq!((by.as_str(), kind, content.as_str()), ("ada", Kind::System, "ada is now known as ada_"));
    }

    #[test]
    fn short_names_stand_in_the_nonce_as_they_are() {
        assert_eq!(nonce("2006-06-01", 17), "irc:2006-06-01:17");
        let long = "2006-06-01".to_string() + &"x".repeat(100);
        assert_ne!(nonce(&long, 1), nonce(&(long.clone() + "y"), 1));
        assert!(nonce(&long, 1).starts_with("irc:2006-06-01xx"));
    }

    proptest! {
        #[test]
        fn nonces_fit_and_differ(name in ".{0,80}", one: usize, other: usize) {
            prop_assert!(nonce(&name, one).chars().count() <= NONCE_MAX);
            prop_assert_eq!(nonce(&name, one) == nonce(&name, other), one == other);
        }
    }
}
