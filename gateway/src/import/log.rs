//! The parser of a log. Pure: bytes in, one [`Line`] per line out.

use std::collections::HashSet;

use chrono::{NaiveDate, TimeDelta};
use kernel::Timestamp;

use super::clock::{self, Clock};
use super::decode::{decode, plain};
use super::nick::Nick;
use super::notice::Notice;

/// A log of one channel and day.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Every line: the line of number `n` is the `n`th, from 0.
    pub(super) lines: Vec<Line>,
    /// Lines that were not UTF-8 and were read as Windows-1252.
    pub(super) recoded: usize,
}

/// A line of a log.
#[derive(Debug)]
pub(super) struct Line {
    /// Its place in the file, from 0.
    pub(super) number: usize,
    /// When it was written.
    pub(super) at: Timestamp,
    /// What it tells.
    pub(super) event: Event,
}

/// What a line tells.
#[derive(Debug)]
pub(super) enum Event {
    /// Somebody said something.
    Message {
        /// Who.
        nick: Nick,
        /// What; never blank.
        text: String,
    },
    /// Somebody did something: `/me waves`.
    Action {
        /// Who.
        nick: Nick,
        /// What; never blank.
        text: String,
    },
    /// Somebody has another nick from now on.
    Renamed {
        /// The nick that they had.
        from: Nick,
        /// The nick that they have.
        to: Nick,
    },
    /// Something that is not imported.
    Skipped(SkipReason),
}

/// Why a line is not imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Somebody came.
    Joined,
    /// Somebody left the channel.
    Left,
    /// Somebody left the network.
    Quit,
    /// A mode of the channel or of people in it changed.
    Mode,
    /// Somebody was sent away.
    Kick,
    /// The channel has another topic.
    Topic,
    /// There is no text.
    Empty,
    /// A notice that we do not know.
    Notice,
    /// No line of a log that we know.
    Unreadable,
}

/// A line as far as it is understood without the others.
enum Shape<'a> {
    Message(Nick, &'a str),
    /// An action of the newer logs.
    Star(&'a str),
    Notice(Notice<'a>),
    Skipped(SkipReason),
}

impl Log {
    /// The log in `bytes`, of the day `day` in UTC. Lines end with a line feed and nothing else, so that reply files
    /// count them in the same way.
    pub(super) fn parse(bytes: &[u8], day: NaiveDate) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n');
        let decoded = lines.map(decode).collect::<Vec<_>>();
        let recoded = decoded.iter().filter(|(_, is_utf8)| !is_utf8).count();
        let texts = decoded.iter().map(|(text, _)| plain(text)).collect::<Vec<_>>();
        let shapes = texts.iter().map(|text| shape(text)).collect::<Vec<_>>();
        let known = shapes.iter().flat_map(|(_, shape)| nicks(shape)).map(Nick::key).collect();
        let start = shapes.iter().find_map(|(time, _)| *time).unwrap_or_default();
        let mut clock = Clock::at(day, start);
        let lines = shapes.into_iter().enumerate().map(|(number, (time, shape))| Line {
            number,
            at: clock.tick(time),
            event: event(shape, &known),
        });
        Self { lines: lines.collect(), recoded }
    }
}

fn shape(line: &str) -> (Option<TimeDelta>, Shape<'_>) {
    let (time, body) = clock::stamp(line).map_or((None, line), |(time, body)| (Some(time), body));
    (time, body_shape(body))
}

fn body_shape(body: &str) -> Shape<'_> {
    if let Some(notice) = body.strip_prefix("===") {
        return Shape::Notice(Notice::parse(notice));
    }
    if let Some(action) = body.strip_prefix("* ") {
        return Shape::Star(action);
    }
    if let Some((nick, text)) = body.strip_prefix('<').and_then(|body| body.split_once('>'))
        && let Some(nick) = Nick::parse(nick)
    {
        return Shape::Message(nick, text.strip_prefix(' ').unwrap_or(text));
    }
    Shape::Skipped(if body.trim().is_empty() { SkipReason::Empty } else { SkipReason::Unreadable })
}

/// The nicks that a line proves to be some.
fn nicks<'a>(shape: &'a Shape<'_>) -> impl Iterator<Item = &'a Nick> + use<'a> {
    let (one, other) = match shape {
        Shape::Message(nick, _) => (Some(nick), None),
        Shape::Notice(Notice::Renamed { from, to }) => (Some(from), Some(to)),
        Shape::Notice(Notice::Skipped(_, nick)) => (nick.as_ref(), None),
        Shape::Notice(Notice::Other(_)) | Shape::Star(_) | Shape::Skipped(_) => (None, None),
    };
    one.into_iter().chain(other)
}

fn event(shape: Shape<'_>, known: &HashSet<String>) -> Event {
    match shape {
        Shape::Message(nick, text) => {
            // What is indented stays so: it may be a table or code.
            with_text(text.trim_end(), |text| Event::Message { nick, text })
        }
        Shape::Star(text) => match Nick::take(text, known) {
            Some((nick, text, _)) => with_text(text.trim(), |text| Event::Action { nick, text }),
            None => Event::Skipped(SkipReason::Unreadable),
        },
        Shape::Notice(Notice::Renamed { from, to }) => Event::Renamed { from, to },
        Shape::Notice(Notice::Skipped(skip, _)) | Shape::Skipped(skip) => Event::Skipped(skip),
        Shape::Notice(Notice::Other(text)) => match Nick::take(text, known) {
            Some((nick, text, true)) => with_text(text.trim(), |text| Event::Action { nick, text }),
            _ => Event::Skipped(SkipReason::Notice),
        },
    }
}

fn with_text(text: &str, event: impl FnOnce(String) -> Event) -> Event {
    if text.is_empty() { Event::Skipped(SkipReason::Empty) } else { event(text.to_string()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &[u8] = include_bytes!("sample/2020-02-29.raw.txt");

    fn parse(bytes: &[u8]) -> Log {
        Log::parse(bytes, NaiveDate::from_ymd_opt(2020, 2, 29).unwrap())
    }

    fn told(event: &Event) -> String {
        match event {
            Event::Message { nick, text } => format!("<{}> {text}", nick.as_str()),
            Event::Action { nick, text } => format!("* {} {text}", nick.as_str()),
            Event::Renamed { from, to } => format!("{} -> {}", from.as_str(), to.as_str()),
            Event::Skipped(skip) => format!("{skip:?}"),
        }
    }

    #[test]
    fn every_shape_of_line_is_understood() {
        let log = parse(SAMPLE);
        let told = log.lines.iter().map(|line| told(&line.event)).collect::<Vec<_>>();
        let expected = [
            "Joined",
            "<ada> Good evening!",
            "<[foo]^> hello ada",
            "Joined",
            "<|> may a nick be a stroke?",
            "* ada waves",
            "* Bob is reading the news",
            "Notice",
            "<Bob> a café for everybody",
            "<bob> the same person in lower case",
            "<ada> bold and red text",
            "Empty",
            "Mode",
            "Topic",
            "Bob -> Bob_away",
            "* [foo]^ bows to ada",
            "<Bob_away>   indented, as code is",
            "Kick",
            "<名前> こんにちは",
            "Unreadable",
            "Quit",
            "<ada> almost midnight",
            "<|> a leap day is over",
            "* | claps",
            "<ada> [link] <b>this is no nick</b>",
            "Bob_away -> Bob",
            "<Bob> good night",
            "Empty",
            "Left",
            "Empty",
        ];
        assert_eq!(told, expected);
        assert_eq!(log.recoded, 1);
    }

    #[test]
    fn lines_without_a_time_have_that_of_the_line_before() {
        let log = parse(SAMPLE);
        let times = [0, 1, 3, 6, 21, 22, 29].map(|number| log.lines[number].at.to_string());
        let minutes = times.each_ref().map(|time| time.strip_suffix(":00.000Z").unwrap());
        let expected = [
            "2020-02-29T23:51",
            "2020-02-29T23:51",
            "2020-02-29T23:51",
            "2020-02-29T23:52",
            "2020-02-29T23:59",
            "2020-03-01T00:00",
            "2020-03-01T00:02",
        ];
        assert_eq!(minutes, expected);
    }

    #[test]
    fn lines_end_with_a_line_feed_and_nothing_else() {
        let texts = |bytes| parse(bytes).lines.iter().map(|line| told(&line.event)).collect::<Vec<_>>();
        assert!(texts(b"").is_empty());
        assert_eq!(texts(b"\n"), ["Empty"]);
        assert_eq!(texts(b"[01:00] <a> b\r\n\n<a> c\rd"), ["<a> b", "Empty", "<a> cd"]);
    }

    /// Bytes that look like a log every now and then.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            any::<u8>().prop_map(|byte| vec![byte]),
            prop::sample::select(vec![
                "\n",
                "[",
                "]",
                "] ",
                "[12:34] ",
                "<",
                "> ",
                "* ",
                "=== ",
                "ada",
                " is now known as ",
                " [a@b]  has joined #c",
                "\u{3}",
                "é",
            ])
            .prop_map(|text| text.as_bytes().to_vec()),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_line_is_told_under_its_number(bytes in bytes()) {
            let log = parse(&bytes);
            let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
            let open = usize::from(bytes.last().is_some_and(|byte| *byte != b'\n'));
            prop_assert_eq!(log.lines.len(), ends + open);
            prop_assert!(log.lines.iter().enumerate().all(|(place, line)| line.number == place));
        }

        #[test]
        fn what_is_imported_may_be_sent(bytes in bytes()) {
            for line in parse(&bytes).lines {
                if let Event::Message { nick, text } | Event::Action { nick, text } = line.event {
                    prop_assert!(!text.trim().is_empty());
                    prop_assert_eq!(kernel::text::control_character(&text), None);
                    prop_assert!(!nick.as_str().contains(char::is_whitespace));
                }
            }
        }
    }
}
