//! Durable messages: what was acknowledged must be there, once, in the place that the answer said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::senders::{Senders, Texts, Way};
use super::stored::{Stored, compare};
use super::{GLANCE, LONGEST, PATIENCE, WARM_UP, until};
use crate::fail::{Failure, Outcome};
use crate::meter::Meter;
use crate::meter::number::{float, index, per, whole};
use crate::net::{Dialect, Wires, gather};
use crate::report::{Report, Row};
use crate::stage::{Database, Person, Place, Stage, Target, people, places};

/// How to send.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// Clients that each send one message after the other; a row for each number
    #[arg(long, value_delimiter = ',', default_value = "1,8,32,128", value_parser = clap::value_parser!(u64).range(1..=5_000))]
    senders: Vec<u64>,
    /// Senders in one channel; 0: all of them
    #[arg(long, default_value_t = 4)]
    per_channel: usize,
    /// Messages a second in all, whether or not the server keeps up; without it as many as it takes
    #[arg(long)]
    rate: Option<u32>,
    /// Senders hear their channel, too: the rate then includes delivery
    #[arg(long, conflicts_with = "http")]
    listen: bool,
    /// Senders post by HTTP instead of commands over sockets; Guildhall only
    #[arg(long)]
    http: bool,
    /// Messages carry a nonce, so that they could be sent again
    #[arg(long)]
    nonce: bool,
    /// Messages name somebody by this username: `bench0` is in the first hundred servers, `nobody` is nobody
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    mention: Option<String>,
    /// Characters of a message
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(24..=2_000))]
    length: u64,
    /// How long each row takes
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,
}

impl Send {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.senders.iter().copied().max().unwrap_or(0))
    }

    /// The number of the channel of a sender.
    fn channel(&self, sender: usize) -> usize {
        sender.checked_div(self.per_channel).unwrap_or(0)
    }
}

/// Measures.
pub(crate) fn send(asked: &Send, stage: &Stage, report: &mut Report) -> Outcome {
    let targets = stage.targets.iter().filter(|target| !asked.http || target.dialect == Dialect::Guildhall);
    let casts = targets.map(|target| Cast::gather(asked, target, &stage.database));
    let mut casts = casts.collect::<Outcome<Vec<_>>>()?;
    for senders in &asked.senders {
        for cast in &mut casts {
            row(asked, index(*senders), cast, &stage.database, report)?;
        }
    }
    Ok(())
}

/// Who sends where.
struct Cast<'a> {
    target: &'a Target,
    people: Vec<Person>,
    places: Vec<Place>,
    /// The number of the next message.
    next: u64,
}

impl<'a> Cast<'a> {
    fn gather(asked: &Send, target: &'a Target, database: &Database) -> Outcome<Self> {
        let most = asked.most();
        let people = people(target.door(0), most)?;
        let places = places(target.door(0), asked.channel(most.saturating_sub(1)) + 1, &people)?;
        let member = |(number, person)| Some((places.get(asked.channel(number))?, person));
        target.enrol(database, people.iter().enumerate().filter_map(member))?;
        Ok(Self { target, people, places, next: 1 })
    }
}

fn row(asked: &Send, count: usize, cast: &mut Cast<'_>, database: &Database, report: &mut Report) -> Outcome {
    let Cast { target, people, places, next } = cast;
    let people = people.get(..count).unwrap_or_default();
    let channel = |sender| places.get(asked.channel(sender)).map(|place| Arc::clone(&place.channel));
    let channels = (0..count).filter_map(channel).collect::<Vec<_>>();
    let mut wires = Wires::new()?;
    let way = if asked.http {
        for number in 0..count {
            wires.open([127, 0, 0, 1].into(), target.door(number), None)?;
        }
        Way::Http(people.iter().map(|person| Arc::clone(&person.token)).collect())
    } else {
        // The peer takes messages only of those who hear the channel.
        let hears = asked.listen || target.dialect == Dialect::SocketIo;
        let seats = people.iter().enumerate();
        let seats =
            seats.map(|(number, person)| target.seat(number, person, channels.get(number).filter(|_| hears)));
        gather(&mut wires, target.dialect, &seats.collect::<Vec<_>>())?;
        Way::Socket(target.dialect)
    };
    let texts = Texts { mention: asked.mention.clone(), length: index(asked.length), nonce: asked.nonce };
    let mut senders = Senders::new(way, channels.clone(), texts, *next);
    while asked.http && senders.open < count {
        wires.turn(GLANCE, &mut senders)?;
    }
    load(asked, &mut wires, &mut senders, WARM_UP)?;
    senders.begin();
    let meter = Meter::start(&target.servers);
    load(asked, &mut wires, &mut senders, Duration::from_secs(asked.seconds))?;
    let usage = meter.stop();

    let stored = compare(database, target, &senders.acked, &channels, *next)?;
    let part = format!("{}, {count} senders", target.name);
    report.judge(&part, &usage);
    if stored != Stored::default() {
        report.fault(target, format!("{part}: {stored:?}"));
    }
    if senders.refused > 0 {
        report.fault(target, format!("{part}: {} messages were refused", senders.refused));
    }
    let load = asked.rate.map_or("1 each".to_owned(), |rate| format!("{rate}/s"));
    report.row(
        Row::default()
            .text("server", target.name)
            .text("by", if asked.http { "HTTP" } else { "socket" })
            .count("senders", whole(count))
            .count("channels", whole(asked.channel(count.saturating_sub(1)) + 1))
            .text("in_flight", load)
            .number("messages_per_s", per(float(senders.done), usage.seconds), 0)
            .number("ack_p50_ms", senders.took.quantile(0.5), 2)
            .number("ack_p95_ms", senders.took.quantile(0.95), 2)
            .number("ack_p99_ms", senders.took.quantile(0.99), 2)
            .count("lost", stored.lost)
            .count("doubled", stored.doubled)
            .count("misplaced", stored.misplaced)
            .usage(&usage, senders.done),
    );
    *next = senders.next;
    Ok(())
}

/// Sends for this long, then waits for the answers that are due.
fn load(asked: &Send, wires: &mut Wires, senders: &mut Senders, time: Duration) -> Outcome {
    let start = Instant::now();
    let end = start + time;
    match asked.rate.filter(|rate| *rate > 0) {
        None => {
            for (wire, text) in senders.be_eager() {
                wires.say(wire, text.as_bytes())?;
            }
            until(end, wires, senders)?;
        }
        Some(rate) => {
            let mut turn = 0_u64;
            let pause = Duration::from_secs(1) / rate;
            let mut due = start;
            while due < end {
                match due.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => wires.turn(left, senders)?,
                    _ => {
                        if let Some((wire, text)) = senders.due(turn, due) {
                            wires.say(wire, text.as_bytes())?;
                        }
                        turn += 1;
                        due += pause;
                    }
                }
            }
        }
    }
    senders.stop();
    let since = Instant::now();
    while senders.wait() {
        wires.turn(GLANCE, senders)?;
        if since.elapsed() > PATIENCE {
            return Err(Failure::new("some messages were never answered"));
        }
    }
    Ok(())
}
