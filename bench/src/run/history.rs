//! Pages of history by HTTP. Every page must be the next one: newest first, dense, complete.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use clap::Args;
use memchr::memmem::{Finder, find};

use super::{LONGEST, WARM_UP, closed, until};
use crate::fail::{Failure, Outcome};
use crate::meter::number::{float, index, per, whole};
use crate::meter::{Histogram, Meter};
use crate::net::answer::Answer;
use crate::net::scan::numbers_after;
use crate::net::{Ear, Heard, Mouth, Wires};
use crate::report::{Report, Row};
use crate::stage::{Database, Person, Place, Stage, Target, Texts, people, places};

/// Messages in a page.
const PAGE: u64 = 50;
/// Channels that are not read.
const OTHERS: u8 = 9;
/// People who wrote them.
const AUTHORS: usize = 50;

static SEQ: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(r#""seq":"#));

/// How to read history.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Clients that each ask for one page after the other; a row for each number
    #[arg(long, value_delimiter = ',', default_value = "1,8,32", value_parser = clap::value_parser!(u64).range(1..=5_000))]
    clients: Vec<u64>,
    /// Messages in the channel
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(i64).range(1..=10_000_000))]
    messages: i64,
    /// Messages in nine other channels, beside it in the same tables
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=100_000_000))]
    others: i64,
    /// How long each row takes
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,
}

impl History {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.clients.iter().copied().max().unwrap_or(0))
    }
}

/// Measures.
pub(crate) fn history(asked: &History, stage: &Stage, report: &mut Report) -> Outcome {
    let channels = stage.targets.iter().map(|target| Channel::fill(target, &stage.database, asked));
    let channels = channels.collect::<Outcome<Vec<_>>>()?;
    for clients in &asked.clients {
        for channel in &channels {
            row(asked, index(*clients), channel, report)?;
        }
    }
    Ok(())
}

/// A channel with history.
struct Channel<'a> {
    target: &'a Target,
    place: Place,
    people: Vec<Person>,
}

impl<'a> Channel<'a> {
    /// Writes the messages into the table: what is measured is reading.
    fn fill(target: &'a Target, database: &Database, asked: &History) -> Outcome<Self> {
        let people = people(target.door(0), AUTHORS)?;
        let mut others = places(target.door(0), 1 + usize::from(OTHERS), &people)?;
        let place = others.pop().ok_or_else(|| Failure::new("there should be a server"))?;
        target.enrol(database, people.iter().map(|person| (&place, person)))?;
        if asked.others > 0 {
            for other in &others {
                target.fill(database, other, &people, asked.others / i64::from(OTHERS), Texts::Plain)?;
            }
        }
        target.fill(database, &place, &people, asked.messages, Texts::Plain)?;
        Ok(Self { target, place, people })
    }
}

fn row(asked: &History, clients: usize, channel: &Channel<'_>, report: &mut Report) -> Outcome {
    let Channel { target, place, people } = channel;
    let last = u64::try_from(asked.messages).unwrap_or(0);
    let mut readers = Readers {
        channel: Arc::clone(&place.channel),
        last,
        readers: Vec::with_capacity(clients),
        pages: 0,
        bytes: 0,
        took: Histogram::default(),
        wrong: 0,
    };
    let mut wires = Wires::new()?;
    for (number, person) in people.iter().cycle().take(clients).enumerate() {
        wires.open([127, 0, 0, 1].into(), target.door(number), None)?;
        // Spread over the history.
        let top = last - last * whole(number) / whole(clients);
        readers.readers.push(Reader { token: Arc::clone(&person.token), top, asked_at: Instant::now() });
    }
    until(Instant::now() + WARM_UP, &mut wires, &mut readers)?;
    (readers.pages, readers.bytes, readers.took) = (0, 0, Histogram::default());
    let meter = Meter::start(&target.servers);
    until(Instant::now() + Duration::from_secs(asked.seconds), &mut wires, &mut readers)?;
    let usage = meter.stop();
    let part = format!("{}, {clients} clients", target.name);
    let rate = per(float(readers.pages), usage.seconds);
    report.judge(&part, &usage);
    if readers.wrong > 0 {
        report.fault(target, format!("{part}: {} pages were not what they had to be", readers.wrong));
    }
    report.row(
        Row::default()
            .text("server", target.name)
            .count("clients", whole(clients))
            .count("messages", last)
            .count("others", u64::try_from(asked.others).unwrap_or(0))
            .number("pages_per_s", rate, 0)
            .number("p50_ms", readers.took.quantile(0.5), 2)
            .number("p95_ms", readers.took.quantile(0.95), 2)
            .number("p99_ms", readers.took.quantile(0.99), 2)
            .number("kib_per_page", per(float(readers.bytes), float(readers.pages)) / 1_024.0, 1)
            .count("wrong", readers.wrong)
            .usage(&usage, readers.pages),
    );
    Ok(())
}

struct Reader {
    token: Arc<str>,
    /// The first number that the page has which it waits for.
    top: u64,
    asked_at: Instant,
}

struct Readers {
    channel: Arc<str>,
    last: u64,
    readers: Vec<Reader>,
    pages: u64,
    bytes: u64,
    took: Histogram,
    wrong: u64,
}

impl Ear for Readers {
    fn heard(&mut self, wire: usize, what: Heard<'_>, mouth: &mut Mouth) -> Outcome {
        let Some(reader) = self.readers.get_mut(wire) else { return Ok(()) };
        match what {
            Heard::Opened | Heard::Text(_) => {}
            Heard::Closed(words) => return Err(closed(&words)),
            Heard::Answer(answer) => {
                self.took.add(mouth.now().duration_since(reader.asked_at));
                self.pages += 1;
                self.bytes += whole(answer.body.len());
                if !is_page(answer, reader.top) {
                    self.wrong += 1;
                }
                reader.top = reader.top.saturating_sub(PAGE);
            }
        }
        let before = if reader.top == 0 {
            // From the newest again, which are asked for without a place.
            reader.top = self.last;
            String::new()
        } else {
            format!("&before={}", reader.top + 1)
        };
        reader.asked_at = Instant::now();
        let (channel, token) = (&self.channel, &reader.token);
        mouth.say(
            wire,
            format!(
                "GET /api/channels/{channel}/messages?limit={PAGE}{before} HTTP/1.1\r\nHost: 127.0.0.1\r\n\
                 Authorization: Bearer {token}\r\n\r\n"
            ),
        );
        Ok(())
    }
}

/// Whether the answer has the messages from `top` down, all of them and in order, and says rightly whether there are
/// more.
fn is_page(answer: Answer<'_>, top: u64) -> bool {
    let wanted = (1..=top).rev().take(index(PAGE)).map(Some);
    let more: &[u8] = if top > PAGE { br#""hasMore":true"# } else { br#""hasMore":false"# };
    answer.status == 200 && numbers_after(answer.body, &SEQ).eq(wanted) && find(answer.body, more).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_must_be_the_next_one() {
        let page = |seqs: &[u64], more: bool| {
            let messages: Vec<_> = seqs.iter().map(|seq| format!(r#"{{"seq":{seq}}}"#)).collect();
            format!(r#"{{"messages":[{}],"hasMore":{more},"lastSeq":9}}"#, messages.join(","))
        };
        let good = |body: String, top| is_page(Answer { status: 200, body: body.as_bytes() }, top);
        assert!(good(page(&[3, 2, 1], false), 3));
        let full: Vec<u64> = (11..=60).rev().collect();
        assert!(good(page(&full, true), 60) && !good(page(&full, false), 60));
        for seqs in [&[3, 1, 2][..], &[3, 2], &[3, 2, 1, 1], &[4, 3, 2, 1], &[]] {
            assert!(!good(page(seqs, false), 3), "{seqs:?}");
        }
        assert!(!is_page(Answer { status: 500, body: page(&[1], false).as_bytes() }, 1));
    }
}
