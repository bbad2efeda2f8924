//! One channel with many sockets: everybody must hear everything, once, in one order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::fan::{Fan, Faults};
use super::{GLANCE, LONGEST, Nobody, PATIENCE, SETTLE, WARM_UP, until};
use crate::fail::{Failure, Outcome};
use crate::meter::Meter;
use crate::meter::number::{float, index, per, whole};
use crate::net::{Wires, gather};
use crate::report::{Report, Row};
use crate::stage::{Database, Person, Place, Stage, Target, people, places};

/// People; the sockets are theirs by turns.
const PEOPLE: usize = 500;

/// How to fan out.
#[derive(Debug, Args)]
pub(crate) struct Fanout {
    /// Sockets that hear the channel; a row for each number
    #[arg(long, value_delimiter = ',', default_value = "100,1000,5000", value_parser = clap::value_parser!(u64).range(1..=50_000))]
    sockets: Vec<u64>,
    /// Deliveries a second in all, whether or not the server keeps up; without it as many as it takes
    #[arg(long)]
    rate: Option<u32>,
    /// Without a rate: messages on their way at once; one ends when everybody has heard it
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    window: u64,
    /// How many of the sockets send, by turns
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    senders: u64,
    /// Characters of a message
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(24..=2_000))]
    length: u64,
    /// How long each row takes
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,
}

impl Fanout {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.sockets.iter().copied().max().unwrap_or(0))
    }
}

/// Measures.
pub(crate) fn fanout(asked: &Fanout, stage: &Stage, report: &mut Report) -> Outcome {
    let casts = stage.targets.iter().map(|target| Cast::gather(asked, target, &stage.database));
    let casts = casts.collect::<Outcome<Vec<_>>>()?;
    for (number, sockets) in asked.sockets.iter().enumerate() {
        for cast in &casts {
            row(asked, number, index(*sockets), cast, &stage.database, report)?;
        }
    }
    Ok(())
}

/// Who hears what.
struct Cast<'a> {
    target: &'a Target,
    people: Vec<Person>,
    /// A channel for each row: it begins empty.
    places: Vec<Place>,
}

impl<'a> Cast<'a> {
    fn gather(asked: &Fanout, target: &'a Target, database: &Database) -> Outcome<Self> {
        let people = people(target.door(0), asked.most().min(PEOPLE))?;
        let places = places(target.door(0), asked.sockets.len(), &people)?;
        let members = places.iter().flat_map(|place| people.iter().map(move |person| (place, person)));
        target.enrol(database, members)?;
        Ok(Self { target, people, places })
    }
}

fn row(
    asked: &Fanout,
    number: usize,
    sockets: usize,
    cast: &Cast<'_>,
    database: &Database,
    report: &mut Report,
) -> Outcome {
    let Cast { target, people, places } = cast;
    let place = places.get(number).ok_or_else(|| Failure::new("too few servers"))?;
    let (dialect, channel, people) = (target.dialect, &place.channel, people.iter().cycle().take(sockets));
    let seats = people.enumerate().map(|(number, person)| target.seat(number, person, Some(channel)));
    let mut wires = Wires::new()?;
    gather(&mut wires, dialect, &seats.collect::<Vec<_>>())?;
    until(Instant::now() + SETTLE, &mut wires, &mut Nobody(dialect))?;
    let (first, channel) = (target.head(database, place)?, Arc::clone(channel));
    let mut fan = Fan::new(dialect, channel, sockets, index(asked.senders), index(asked.length), first);
    load(asked, sockets, &mut wires, &mut fan, WARM_UP)?;
    fan.begin();
    let (before, came, start) = (fan.sent(), wires.traffic(), Instant::now());
    let meter = Meter::start(&target.servers);
    load(asked, sockets, &mut wires, &mut fan, Duration::from_secs(asked.seconds))?;
    let usage = meter.stop();

    fan.count_lost();
    let part = format!("{}, {sockets} sockets", target.name);
    report.judge(&part, &usage);
    if fan.faults != Faults::default() {
        report.fault(target, format!("{part}: {:?}", fan.faults));
    }
    let (took, reads) = (fan.last.duration_since(start).as_secs_f64(), wires.traffic().reads - came.reads);
    let bytes = wires.traffic().bytes - came.bytes;
    let load = asked.rate.map_or(format!("{} in flight", asked.window), |rate| format!("{rate}/s"));
    report.row(
        Row::default()
            .text("server", target.name)
            .count("sockets", whole(sockets))
            .text("load", load)
            .number("messages_per_s", per(float(fan.sent() - before), took), 0)
            .number("deliveries_per_s", per(float(fan.deliveries), took), 0)
            .number("p50_ms", fan.took.quantile(0.5), 2)
            .number("p95_ms", fan.took.quantile(0.95), 2)
            .number("p99_ms", fan.took.quantile(0.99), 2)
            .number("max_ms", fan.took.longest(), 1)
            .count("lost", fan.faults.lost)
            .count("doubled", fan.faults.doubled)
            .count("disordered", fan.faults.disordered)
            .number("bytes", per(float(bytes), float(fan.deliveries)), 0)
            .number("per_read", per(float(fan.deliveries), float(reads)), 1)
            .usage(&usage, fan.deliveries),
    );
    Ok(())
}

/// Sends for this long, then waits until everybody has heard everything.
fn load(asked: &Fanout, sockets: usize, wires: &mut Wires, fan: &mut Fan, time: Duration) -> Outcome {
    let start = Instant::now();
    let end = start + time;
    match asked.rate.filter(|rate| *rate > 0) {
        None => {
            fan.be_eager(true);
            for _ in 0..asked.window {
                let (wire, text) = fan.send(Instant::now());
                wires.say(wire, text.as_bytes())?;
            }
            until(end, wires, fan)?;
            fan.be_eager(false);
        }
        Some(rate) => {
            let pause = Duration::from_secs_f64(per(float(whole(sockets)), f64::from(rate)));
            let mut due = start;
            while due < end {
                match due.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => wires.turn(left, fan)?,
                    _ => {
                        let (wire, text) = fan.send(due);
                        wires.say(wire, text.as_bytes())?;
                        due += pause;
                    }
                }
            }
        }
    }
    let since = Instant::now();
    while fan.open() > 0 && since.elapsed() < PATIENCE {
        wires.turn(GLANCE, fan)?;
    }
    // What comes twice comes late.
    until(Instant::now() + GLANCE * 5, wires, fan)?;
    if fan.deliveries == 0 {
        return Err(Failure::new("nothing was delivered"));
    }
    Ok(())
}
