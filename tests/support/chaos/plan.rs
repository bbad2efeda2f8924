//! Which faults there are, and when: all of it follows from the seed.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use clap::ValueEnum;

use super::dice::Dice;
use crate::Flow;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Kind {
    /// `kill -9` of a gateway; another takes its place.
    KillGateway,
    /// SIGTERM to a gateway; another takes its place.
    StopGateway,
    /// A gateway stands still for a while.
    FreezeGateway,
    /// `kill -9` of Redis, which forgets everything.
    KillRedis,
    /// Redis stands still for a while.
    FreezeRedis,
    /// `kill -9` of all processes of PostgreSQL, which recovers.
    KillPostgres,
    /// A gateway's way to Redis is bad.
    RedisLink,
    /// A gateway's way to PostgreSQL is bad.
    PostgresLink,
}

/// A server of the gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Server {
    Redis,
    Postgres,
}

/// What is bad on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Connections end, and there are no new ones.
    Cut,
    /// Connections end; new ones are possible.
    Dropped,
    /// To the server, and to the gateway.
    Flow(Flow, Flow),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Kill(usize),
    Stop(usize),
    Freeze(usize),
    KillRedis,
    FreezeRedis,
    KillPostgres,
    Link(Server, usize, Trouble),
}

/// What a fault is about: one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Victim {
    Gateway(usize),
    Server(Server),
    Link(Server, usize),
}

/// A fault at its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// When it begins, after the beginning of all.
    pub(super) at: Duration,
    /// How long until it is mended.
    pub(super) lasts: Duration,
    pub(super) fault: Fault,
}

/// The bounds of a plan.
#[derive(Clone, Debug)]
pub(super) struct Bounds<'a> {
    pub(super) length: Duration,
    pub(super) gateways: usize,
    pub(super) kinds: &'a [Kind],
    /// The longest fault.
    pub(super) longest: Duration,
}

/// All is well before the first fault.
const CALM: Duration = Duration::from_millis(1_000);
const SHORTEST: Duration = Duration::from_millis(200);

/// The faults of a seed. Every kind comes once before any comes again, and each victim has one at a time.
pub(super) fn draw(seed: u64, bounds: &Bounds<'_>) -> Vec<Step> {
    let mut dice = Dice::new(seed, 0);
    let (mut steps, mut hand, mut at) = (Vec::new(), Vec::new(), CALM);
    let mut busy: HashMap<Victim, Duration> = HashMap::new();
    while at < bounds.length && !bounds.kinds.is_empty() {
        if hand.is_empty() {
            hand = bounds.kinds.to_vec();
            dice.shuffle(&mut hand);
        }
        let fault = Fault::draw(hand.pop().unwrap(), bounds.gateways, &mut dice);
        let lasts = dice.between(SHORTEST, bounds.longest);
        let until = busy.entry(fault.victim()).or_default();
        if *until <= at {
            // What is started anew needs a while.
            *until = at + lasts + CALM;
            steps.push(Step { at, lasts, fault });
        }
        // As long as faults last: one at a time on average, sometimes several, sometimes none.
        at += dice.between(SHORTEST, bounds.longest);
    }
    steps
}

impl Fault {
    fn draw(kind: Kind, gateways: usize, dice: &mut Dice) -> Self {
        let gateway = dice.below(gateways);
        match kind {
            Kind::KillGateway => Self::Kill(gateway),
            Kind::StopGateway => Self::Stop(gateway),
            Kind::FreezeGateway => Self::Freeze(gateway),
            Kind::KillRedis => Self::KillRedis,
            Kind::FreezeRedis => Self::FreezeRedis,
            Kind::KillPostgres => Self::KillPostgres,
            Kind::RedisLink => Self::Link(Server::Redis, gateway, Trouble::draw(dice)),
            Kind::PostgresLink => Self::Link(Server::Postgres, gateway, Trouble::draw(dice)),
        }
    }

    /// What it is about.
    pub(super) fn victim(self) -> Victim {
        match self {
            Self::Kill(gateway) | Self::Stop(gateway) | Self::Freeze(gateway) => Victim::Gateway(gateway),
            Self::KillRedis | Self::FreezeRedis => Victim::Server(Server::Redis),
            Self::KillPostgres => Victim::Server(Server::Postgres),
            Self::Link(server, gateway, _) => Victim::Link(server, gateway),
        }
    }
}

impl Trouble {
    fn draw(dice: &mut Dice) -> Self {
        let bad = match dice.below(6) {
            0 => return Self::Cut,
            1 => return Self::Dropped,
            2 => Flow::Stalled,
            3 => Flow::Swallowed,
            4 => Flow::Late(dice.between(Duration::from_millis(5), Duration::from_millis(400))),
            _ => Flow::Slow(u32::try_from(2_000 + dice.below(60_000)).unwrap()),
        };
        match dice.below(3) {
            0 => Self::Flow(bad, Flow::Clear),
            1 => Self::Flow(Flow::Clear, bad),
            _ => Self::Flow(bad, bad),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, lasts) = (self.at.as_secs_f64(), self.lasts.as_secs_f64());
        write!(f, "{at:7.1} s, for {lasts:4.1} s: {:?}", self.fault)
    }
}
