//! Somebody who writes, edits, deletes, reacts, comes and goes, and does not give up.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::calls::{self, Answer};
use super::dice::Dice;
use super::history::{Change, Client, Outcome, Timeline, Tried};
use super::listener::Listener;
use super::world::{Phase, World, count};

/// How long somebody tries again what they do not know the outcome of.
const GIVE_UP: Duration = Duration::from_secs(40);
/// Between two tries.
const AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(600));
/// How long who was removed stays away.
const AWAY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(2_000));
const EMOJI: [&str; 4] = ["👍", "❤️", "🎉", "👀"];

/// A client that lives through a run.
#[derive(Debug)]
pub(super) struct Actor {
    world: Arc<World>,
    number: usize,
    token: String,
    dice: Dice,
    /// Between two things that it does.
    pace: Duration,
    history: Client,
    listener: Listener,
    /// Its messages that it did not delete.
    mine: Vec<(Timeline, Uuid)>,
    /// What it put on messages of others, to take it back.
    put: Vec<(Timeline, Uuid, String)>,
    /// How many messages it tried to write.
    posts: usize,
    /// Who was removed comes back then.
    back: Option<Instant>,
}

impl Actor {
    /// Somebody who is a member, or will be.
    pub(super) fn new(
        world: &Arc<World>,
        number: usize,
        person: &crate::Person,
        dice: Dice,
        pace: Duration,
        member: bool,
    ) -> Self {
        let user = person.id.parse().unwrap();
        let listener = Listener::new(world, person.token());
        let back = (!member).then(|| Instant::now() + 2 * AWAY.1);
        Self {
            world: Arc::clone(world),
            number,
            token: person.token().to_string(),
            dice,
            pace,
            history: Client { user, ..Client::default() },
            listener,
            mine: Vec::new(),
            put: Vec::new(),
            posts: 0,
            back,
        }
    }

    /// Lives until all is over; returns what it did and saw.
    pub(super) async fn live(mut self) -> Client {
        loop {
            let phase = self.world.phase.borrow().clone();
            self.listener.drain().await;
            match phase {
                Phase::Busy => self.step().await,
                Phase::Finishing => self.is_ready().await,
                Phase::CatchingUp(goal) => {
                    self.be_there().await;
                    if self.listener.stands_at(&goal) {
                        self.is_ready().await;
                    }
                }
                Phase::Over => {
                    self.history.told = self.listener.told();
                    return self.history;
                }
            }
        }
    }

    async fn is_ready(&mut self) {
        self.world.ready.lock().unwrap().insert(self.number);
        sleep(Duration::from_millis(30)).await;
    }

    async fn step(&mut self) {
        self.be_there().await;
        if self.back.is_none() {
            match self.dice.below(100) {
                0..4 => self.listener.leave_one(&mut self.dice).await,
                4..7 => self.listener.hang_up(),
                _ => self.write().await,
            }
        }
        sleep(self.dice.between(self.pace / 4, self.pace * 7 / 4)).await;
    }

    /// Connects when it is not, comes back when it was removed, hears all channels.
    async fn be_there(&mut self) {
        if !self.listener.is_open() {
            let gateway = self.dice.below(self.world.stage.gateways());
            if !self.listener.open(gateway).await {
                return sleep(self.dice.between(AGAIN.0, AGAIN.1)).await;
            }
        }
        if self.listener.was_removed() && self.back.is_none() {
            self.back = Some(Instant::now() + self.dice.between(AWAY.0, AWAY.1));
        }
        match self.back {
            Some(back) if Instant::now() < back => sleep(Duration::from_millis(20)).await,
            Some(_) => self.come_back().await,
            None => self.listener.hear_all().await,
        }
    }

    async fn come_back(&mut self) {
        let path = format!("/api/servers/join/{}", self.world.code);
        let gateway = self.dice.below(self.world.stage.gateways());
        match calls::call(&self.world, gateway, &self.token, (Method::POST, path, json!({}))).await {
            Answer::Done(_) => {
                count(&self.world.counts.returns);
                self.back = None;
                self.listener.hear_all().await;
            }
            Answer::Refused(code) => {
                self.world.surprised(format!("who comes back is refused: {code}"));
                self.back = None;
            }
            _ => sleep(self.dice.between(AGAIN.0, AGAIN.1)).await,
        }
    }

    /// Makes a change, of whatever kind.
    async fn write(&mut self) {
        let (timeline, change) = self.draw();
        let tried = self.attempt(timeline, change).await;
        match (&tried.change, tried.outcome) {
            (Change::Post { .. }, Outcome::Done(Some(written))) => {
                self.mine.push((timeline, written.id));
                self.world.saw(timeline, written.id);
            }
            (Change::Delete { message }, _) => self.mine.retain(|(_, id)| id != message),
            (Change::React { message, emoji, on: true }, Outcome::Done(_)) => {
                self.put.push((timeline, *message, emoji.clone()));
            }
            _ => {}
        }
        count(match tried.outcome {
            Outcome::Done(_) => &self.world.counts.done,
            Outcome::Refused => &self.world.counts.refused,
            Outcome::Unknown => &self.world.counts.unknown,
        });
        self.history.tried.push(tried);
    }

    fn draw(&mut self) -> (Timeline, Change) {
        let dice = &mut self.dice;
        match dice.below(100) {
            0..15 if !self.mine.is_empty() => {
                let (timeline, message) = *dice.pick(&self.mine);
                self.posts += 1;
                return (
                    timeline,
                    Change::Edit { message, content: format!("{}-{}e", self.number, self.posts) },
                );
            }
            15..23 if !self.mine.is_empty() => {
                let (timeline, message) = *dice.pick(&self.mine);
                return (timeline, Change::Delete { message });
            }
            // The owner alone may.
            23..30 if !self.mine.is_empty() && self.number == 0 => {
                let (timeline, message) = *dice.pick(&self.mine);
                return (timeline, Change::Pin { message, on: dice.percent(60) });
            }
            30..35 if !self.put.is_empty() => {
                let (timeline, message, emoji) = self.put.swap_remove(dice.below(self.put.len()));
                return (timeline, Change::React { message, emoji, on: false });
            }
            35..45 => {
                let lately = self.world.lately.lock().unwrap();
                if !lately.is_empty() {
                    let (timeline, message) = *dice.pick(&lately);
                    let emoji = (*dice.pick(&EMOJI)).to_string();
                    return (timeline, Change::React { message, emoji, on: true });
                }
            }
            _ => {}
        }
        self.posts += 1;
        let name = format!("{}-{}", self.number, self.posts);
        (dice.below(self.world.channels.len()), Change::Post { nonce: name.clone(), content: name })
    }

    /// Tries until it is known what became of it, or until it has waited long enough.
    async fn attempt(&mut self, timeline: Timeline, change: Change) -> Tried {
        let (begun, mut doubtful) = (Instant::now(), false);
        let outcome = loop {
            match self.once(timeline, &change).await {
                Answer::Done(data) => break Outcome::Done(calls::written(&data)),
                Answer::Refused(code) => {
                    // Not there any more, or nobody tells that it is.
                    if code == "RESOURCE_NOT_FOUND" && matches!(change, Change::Post { .. }) {
                        self.listener.removed();
                    }
                    break if doubtful { Outcome::Unknown } else { Outcome::Refused };
                }
                Answer::Unknown => doubtful = true,
                Answer::NotSent => {}
            }
            if begun.elapsed() > GIVE_UP {
                break Outcome::Unknown;
            }
            sleep(self.dice.between(AGAIN.0, AGAIN.1)).await;
        };
        Tried { timeline, change, outcome, doubtful }
    }

    async fn once(&mut self, timeline: Timeline, change: &Change) -> Answer {
        let channel = self.world.channels[timeline].clone();
        if self.listener.is_open() && self.dice.percent(50) {
            let (name, data) = change.command(&channel);
            return self.listener.command(name, &data).await;
        }
        let gateway = self.dice.below(self.world.stage.gateways());
        calls::call(&self.world, gateway, &self.token, change.call(&channel)).await
    }
}

/// Removes people again and again, as the owner.
pub(super) async fn moderate(world: Arc<World>, owner: String, people: Vec<String>, mut dice: Dice) {
    let mut phase = world.phase.subscribe();
    while *phase.borrow_and_update() == Phase::Busy {
        let path = format!("/api/servers/{}/members/{}/kick", world.guild, dice.pick(&people));
        let gateway = dice.below(world.stage.gateways());
        calls::call(&world, gateway, &owner, (Method::POST, path, json!({}))).await;
        let pause = dice.between(Duration::from_millis(100), Duration::from_millis(1_500));
        let _ = timeout(pause, phase.changed()).await;
    }
}

/// Reads a page of a channel.
pub(super) async fn page(world: &World, gateway: usize, token: &str, path: &str) -> Option<Value> {
    match calls::call(world, gateway, token, (Method::GET, path.to_string(), Value::Null)).await {
        Answer::Done(page) => Some(page),
        _ => None,
    }
}
