//! Sockets on which nothing happens: what they cost.

use std::time::{Duration, Instant};

use clap::Args;

use super::{Nobody, SETTLE, until};
use crate::fail::{Failure, Outcome};
use crate::meter::Meter;
use crate::meter::number::{float, index, per, whole};
use crate::meter::process::{Memory, memory};
use crate::net::{Seat, Wires, gather};
use crate::report::{Report, Row};
use crate::stage::{Database, Stage, Target, people, places};

/// Members of one server.
const MEMBERS: usize = 100;
/// How long idleness is watched.
const WATCH: Duration = Duration::from_secs(10);

/// How to idle.
#[derive(Debug, Args)]
pub(crate) struct Idle {
    /// Sockets, opened one step after the other on the same gateway; a row for each step
    #[arg(long, value_delimiter = ',', default_value = "1000,5000,10000", value_parser = clap::value_parser!(u64).range(1..=50_000))]
    sockets: Vec<u64>,
    /// Servers that each person is a member of; each has a hundred members
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=100))]
    servers: u64,
}

impl Idle {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.sockets.iter().copied().max().unwrap_or(0))
    }
}

/// Measures.
pub(crate) fn idle(asked: &Idle, stage: &Stage, report: &mut Report) -> Outcome {
    stage.targets.iter().try_for_each(|target| of(asked, target, &stage.database, report))
}

fn of(asked: &Idle, target: &Target, database: &Database, report: &mut Report) -> Outcome {
    let (most, each) = (asked.most(), index(asked.servers));
    // Everybody has one socket: what two sessions of a user share would make them look cheaper.
    let people = people(target.door(0), most)?;
    let places = places(target.door(0), (most * each).div_ceil(MEMBERS).max(each), &people)?;
    let members = people.iter().enumerate().flat_map(|(number, person)| {
        places
            .iter()
            .cycle()
            .skip(number * each % places.len().max(1))
            .take(each)
            .map(move |place| (place, person))
    });
    target.enrol(database, members)?;
    let seats = people.iter().enumerate().map(|(number, person)| target.seat(number, person, None));
    let seats = seats.collect::<Vec<_>>();

    let mut wires = Wires::new()?;
    let start = memory(&target.servers.gateways);
    if start.rss == 0 {
        return Err(Failure::new("the kernel does not tell the gateway's memory (/proc/PID/smaps_rollup)"));
    }
    for sockets in &asked.sockets {
        let new = seats.get(wires.len()..index(*sockets)).unwrap_or_default();
        if !new.is_empty() {
            row(asked, new, start, &mut wires, target, report)?;
        }
    }
    Ok(())
}

fn row(
    asked: &Idle,
    new: &[Seat],
    start: Memory,
    wires: &mut Wires,
    target: &Target,
    report: &mut Report,
) -> Outcome {
    let connecting = Meter::start(&target.servers);
    gather(wires, target.dialect, new)?;
    let connected = connecting.stop();
    until(Instant::now() + SETTLE, wires, &mut Nobody(target.dialect))?;
    let now = memory(&target.servers.gateways);
    let watching = Meter::start(&target.servers);
    until(Instant::now() + WATCH, wires, &mut Nobody(target.dialect))?;
    let idle = watching.stop();

    let sockets = whole(wires.len());
    let each = |before: u64, after: u64| per(float(after.saturating_sub(before)), float(sockets));
    report.judge(&format!("{}, {sockets} sockets", target.name), &connected);
    report.row(
        Row::default()
            .text("server", target.name)
            .count("sockets", sockets)
            .count("servers_each", asked.servers)
            .number("connects_per_s", per(float(whole(new.len())), connected.seconds), 0)
            .number("rss_mib", float(now.rss) / 1_024.0, 1)
            .number("rss_kib_per_socket", each(start.rss, now.rss), 2)
            .number("pss_kib_per_socket", each(start.pss, now.pss), 2)
            .number("idle_gateway_cores", per(idle.gateway, idle.seconds), 3)
            // Of a connect: microseconds each are milliseconds a thousand.
            .usage(&connected, whole(new.len())),
    );
    Ok(())
}
