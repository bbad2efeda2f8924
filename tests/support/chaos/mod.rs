//! Faults at random while people write and read, and a checker that compares what each of them was told with the database.
//!
//! `docs/decisions/0034-fault-tests.md` says why it is made like this.

mod calls;
pub mod checker;
mod client;
mod dice;
pub mod history;
mod listener;
pub mod measured;
mod news;
mod plan;
mod report;
mod session;
mod stage;
mod truth;
mod world;

pub use plan::Kind;
pub use report::Report;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use self::client::Actor;
use self::dice::Dice;
use self::history::{Client, Truth};
use self::plan::{Bounds, Step};
use self::stage::Stage;
use self::world::{Phase, World, count};
use crate::Person;
use crate::contract::Contract;

/// What a run is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// The product.
    pub binary: String,
    /// The faults, and what clients think of, follow from it.
    pub seed: u64,
    /// How long there are faults.
    pub length: Duration,
    /// How many gateways.
    pub gateways: usize,
    /// How many clients, the server's owner among them.
    pub clients: usize,
    /// How many channels.
    pub channels: usize,
    /// How long each client rests between two things that it does, on average.
    pub pace: Duration,
    /// Which faults.
    pub kinds: Vec<Kind>,
    /// The longest of them.
    pub longest: Duration,
    /// Where the gateways log. It stays.
    pub logs: PathBuf,
    /// Whether to tell every few seconds how it goes.
    pub talkative: bool,
}

/// How long everybody has to come back and catch up when all is well again. Only who never gets there needs all of it.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long all goes on without faults, before it is looked at what became of it.
const CALM: Duration = Duration::from_millis(1_500);

/// Runs it. None where there is no PostgreSQL that can be started.
pub async fn run(options: &Options) -> Option<Report> {
    let Some(stage) = Stage::set(&options.binary, options.gateways, options.logs.clone()).await else {
        crate::skipped("there is no PostgreSQL that can be started");
        return None;
    };
    let (world, people) = gather(stage, options).await;
    let bounds = Bounds {
        length: options.length,
        gateways: options.gateways,
        kinds: &options.kinds,
        longest: options.longest,
    };
    let plan = plan::draw(options.seed, &bounds);
    if options.talkative {
        report::tell(&plan);
    }
    let actors = people.iter().enumerate().map(|(number, person)| {
        let dice = Dice::new(options.seed, 1 + u64::try_from(number).unwrap());
        let actor = Actor::new(&world, number, person, dice, options.pace, !is_late(number));
        tokio::spawn(actor.live())
    });
    let actors = actors.collect::<Vec<_>>();
    let ids = people[1..].iter().map(|person| person.id.clone()).collect();
    let owner = people[0].token().to_string();
    let moderator =
        tokio::spawn(client::moderate(Arc::clone(&world), owner, ids, Dice::new(options.seed, u64::MAX)));
    let talking = options.talkative.then(|| tokio::spawn(report::talk(Arc::clone(&world))));
    wreak(&world, &plan).await;
    sleep(CALM).await;
    let (clients, truth, caught_up) = end(&world, actors, moderator).await;
    if let Some(talking) = talking {
        talking.abort();
    }
    Some(Report::new(options, &world, &plan, &clients, &truth, caught_up).await)
}

/// Every fourth one becomes a member only later.
fn is_late(number: usize) -> bool {
    number % 4 == 3
}

/// Accounts, a server, its channels, its first members.
async fn gather(stage: Stage, options: &Options) -> (Arc<World>, Vec<Person>) {
    let url = stage.url(0).expect("a gateway");
    let http = crate::http().build().unwrap();
    let mut people = Vec::new();
    for number in 0..options.clients {
        let stranger = Person::stranger(http.clone(), url.clone());
        people.push(stranger.sign_up(&format!("client{number}")).await);
    }
    let owner = &people[0];
    let server = owner.create_server("Engines").await;
    let mut channels = vec![server.channel.clone()];
    for number in 1..options.channels {
        let path = format!("/api/servers/{}/channels", server.id);
        let made = owner.post(&path, json!({ "name": format!("c{number}") })).await.ok();
        channels.push(made["channel"]["id"].as_str().unwrap().to_string());
    }
    truth::note_stays(&stage.database).await;
    for (_, person) in people.iter().enumerate().skip(1).filter(|(number, _)| !is_late(*number)) {
        person.join(&server).await;
    }
    let contract = Contract::at(&url).await;
    (Arc::new(World::new(stage, contract, server, channels)), people)
}

/// Lets go wrong what is planned, and mends it. What is about one and the same thing, one after the other.
async fn wreak(world: &Arc<World>, plan: &[Step]) {
    let begun = Instant::now();
    let mut victims: HashMap<_, Arc<Mutex<()>>> = HashMap::new();
    let mut faults = Vec::new();
    for step in plan {
        let victim = Arc::clone(victims.entry(step.fault.victim()).or_default());
        faults.push(tokio::spawn(strike(Arc::clone(world), *step, begun, victim)));
    }
    try_join_all(faults).await.expect("faults begin and end");
}

async fn strike(world: Arc<World>, step: Step, begun: Instant, victim: Arc<Mutex<()>>) {
    sleep_until(begun + step.at).await;
    let _alone = victim.lock().await;
    count(&world.counts.faults);
    world.stage.begin(step.fault).await;
    sleep(step.lasts).await;
    world.stage.mend(step.fault).await;
}

/// Everybody finishes, comes back, catches up. Whether all did, in time.
async fn end(
    world: &World,
    actors: Vec<JoinHandle<Client>>,
    moderator: JoinHandle<()>,
) -> (Vec<Client>, Truth, bool) {
    let mut all = reach(world, Phase::Finishing, actors.len()).await;
    moderator.await.expect("the moderator ends");
    let mut goal = truth::heads(&world.stage.database, &world.timelines).await;
    loop {
        all = reach(world, Phase::CatchingUp(goal.clone()), actors.len()).await && all;
        // What nobody knew the outcome of may happen as late as this.
        sleep(Duration::from_millis(500)).await;
        let now = truth::heads(&world.stage.database, &world.timelines).await;
        if now == goal {
            break;
        }
        goal = now;
    }
    let truth = truth::read(&world.stage.database, &world.timelines).await;
    world.phase.send_replace(Phase::Over);
    let clients = join_all(actors).await.into_iter().map(|client| client.expect("clients do not fail"));
    (clients.collect(), truth, all)
}

async fn reach(world: &World, phase: Phase, everybody: usize) -> bool {
    world.ready.lock().unwrap().clear();
    world.phase.send_replace(phase);
    // Who noted the phase before this one may still say so.
    sleep(Duration::from_millis(100)).await;
    let deadline = Instant::now() + PATIENCE;
    while world.ready.lock().unwrap().len() < everybody {
        if Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(20)).await;
    }
    true
}
