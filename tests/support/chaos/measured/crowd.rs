//! Many who listen, and some who write at a steady rate.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use kernel::Env;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::Load;
use super::ear::{Ear, Seen};
use crate::chaos::dice::Dice;
use crate::chaos::stage::Stage;
use crate::{Person, Server};

/// How long everybody has to come and to catch up.
const PATIENCE: Duration = Duration::from_secs(180);
/// Each writer writes once in this time: so many are needed that one answer that takes as long holds nobody up.
const EVERY: Duration = Duration::from_secs(1);

/// A message that was acknowledged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// The channel, by number.
    pub(super) channel: usize,
    pub(super) rev: i64,
    /// When it was sent, and acknowledged, milliseconds of the machine's clock.
    pub(super) at: i64,
    pub(super) acknowledged: i64,
}

/// Those who listen and write.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) stage: Arc<Stage>,
    pub(super) places: Vec<(Person, Server)>,
    pub(super) seen: Vec<Arc<Seen>>,
    /// The channel of each ear.
    channels: Vec<usize>,
    ears: Vec<JoinHandle<Ear>>,
    over: watch::Sender<bool>,
    writing: watch::Sender<bool>,
    writers: Vec<JoinHandle<Vec<Sent>>>,
    /// Tries that were not answered with a message.
    pub(super) failed: Arc<AtomicU64>,
}

impl Crowd {
    /// Makes the channels and opens the sockets.
    pub(super) async fn gather(stage: Stage, load: &Load) -> Self {
        let stage = Arc::new(stage);
        let url = stage.url(0).expect("a gateway");
        let http = crate::http().build().unwrap();
        let mut places = Vec::new();
        for number in 0..load.sockets.div_ceil(load.together) {
            let person =
                Person::stranger(http.clone(), url.clone()).sign_up(&format!("person{number}")).await;
            let server = person.create_server("Engines").await;
            places.push((person, server));
        }
        let (over, writing) = (watch::Sender::new(false), watch::Sender::new(true));
        let mut crowd = Self {
            stage,
            places,
            seen: Vec::new(),
            channels: Vec::new(),
            ears: Vec::new(),
            over,
            writing,
            writers: Vec::new(),
            failed: Arc::default(),
        };
        for number in 0..load.sockets {
            crowd.open(number);
            // Not all in one moment: how fast sockets open is measured elsewhere.
            if number % 20 == 19 {
                sleep(Duration::from_millis(10)).await;
            }
        }
        crowd.until_there().await;
        crowd
    }

    fn open(&mut self, number: usize) {
        let channel = number % self.places.len();
        let (person, server) = &self.places[channel];
        let seen = Arc::<Seen>::default();
        let ear = Ear {
            stage: Arc::clone(&self.stage),
            token: person.token().to_string(),
            channel: server.channel.clone(),
            dice: Dice::new(0, u64::try_from(number).unwrap()),
            seen: Arc::clone(&seen),
            heard: Vec::new(),
        };
        self.seen.push(seen);
        self.channels.push(channel);
        self.ears.push(tokio::spawn(ear.listen(self.over.subscribe())));
    }

    /// How many sockets hear at present.
    pub(super) fn there(&self) -> usize {
        self.seen.iter().filter(|seen| seen.there.load(Ordering::SeqCst)).count()
    }

    /// Waits until everybody hears; how long that took.
    pub(super) async fn until_there(&self) -> Duration {
        let begun = Instant::now();
        while self.there() < self.seen.len() {
            assert!(begun.elapsed() < PATIENCE, "{} of {} are there", self.there(), self.seen.len());
            sleep(Duration::from_millis(10)).await;
        }
        begun.elapsed()
    }

    /// Begins to write, spread over all channels and gateways.
    pub(super) fn write(&mut self, load: &Load) {
        let writers = usize::try_from(load.rate).unwrap();
        let http = crate::http().timeout(Duration::from_secs(30)).build().unwrap();
        for number in 0..writers {
            let place = self.places[number % self.places.len()].clone();
            let writer = Writer {
                stage: Arc::clone(&self.stage),
                http: http.clone(),
                place,
                channel: number % self.places.len(),
                number,
                text: "x".repeat(load.size),
                failed: Arc::clone(&self.failed),
            };
            // Spread over the second.
            let first = EVERY * u32::try_from(number).unwrap() / load.rate;
            self.writers.push(tokio::spawn(writer.write(first, self.writing.subscribe())));
        }
    }

    /// Ends the writing, waits until everybody has heard everything, and ends the listening.
    pub(super) async fn end(self) -> Heard {
        self.writing.send_replace(false);
        let sent = join_all(self.writers).await.into_iter().flat_map(Result::unwrap).collect::<Vec<_>>();
        let mut heads = vec![0; self.places.len()];
        for one in &sent {
            heads[one.channel] = one.rev.max(heads[one.channel]);
        }
        let begun = Instant::now();
        let behind = || {
            let ears = self.seen.iter().zip(&self.channels);
            ears.filter(|(seen, channel)| seen.rev.load(Ordering::SeqCst) < heads[**channel]).count()
        };
        while behind() > 0 && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(20)).await;
        }
        let mut wrong = Vec::new();
        if behind() > 0 {
            wrong.push(format!("{} sockets never heard everything", behind()));
        }
        let disorder = self.seen.iter().map(|seen| seen.wrong.load(Ordering::SeqCst)).sum::<u64>();
        if disorder > 0 {
            wrong.push(format!("{disorder} events were not the next one: lost, twice or out of order"));
        }
        self.over.send_replace(true);
        let mut latest = HashMap::new();
        let mut lags = Vec::new();
        let known = sent.iter().map(|one| ((one.channel, one.rev), *one)).collect::<HashMap<_, _>>();
        for (ear, channel) in join_all(self.ears).await.into_iter().map(Result::unwrap).zip(&self.channels) {
            for (rev, at) in ear.heard {
                let Some(one) = known.get(&(*channel, rev)) else { continue };
                let last = latest.entry((*channel, rev)).or_insert(at);
                *last = at.max(*last);
                lags.push((one.at, at - one.at));
            }
        }
        Heard { sent, latest, lags, wrong }
    }
}

/// What became of everything that was written.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) sent: Vec<Sent>,
    /// When the last of all sockets heard of each.
    pub(super) latest: HashMap<(usize, i64), i64>,
    /// When each delivery's message was sent, and how long the delivery took; milliseconds.
    lags: Vec<(i64, i64)>,
    pub(super) wrong: Vec<String>,
}

impl Heard {
    /// From sending to hearing, of what was sent within a time, in words.
    pub(super) fn lag(&self, from: i64, until: i64) -> String {
        let within = self.lags.iter().filter(|(at, _)| (from..until).contains(at)).map(|(_, lag)| *lag);
        quantiles(within.collect())
    }

    /// From sending to the answer.
    pub(super) fn answers(&self, from: i64, until: i64) -> String {
        let within = self.sent.iter().filter(|one| (from..until).contains(&one.at));
        quantiles(within.map(|one| one.acknowledged - one.at).collect())
    }
}

/// The quantiles of some milliseconds, in words.
fn quantiles(mut all: Vec<i64>) -> String {
    all.sort_unstable();
    let at = |share: usize| all.get((all.len() * share / 1_000).min(all.len().saturating_sub(1))).copied();
    match (at(500), at(990), all.last()) {
        (Some(half), Some(most), Some(last)) => {
            format!("p50 {half} ms, p99 {most} ms, at most {last} ms ({})", all.len())
        }
        _ => "nothing".into(),
    }
}

/// The present moment, milliseconds.
pub(super) fn now() -> i64 {
    Env::system().now().millis()
}

struct Writer {
    stage: Arc<Stage>,
    http: reqwest::Client,
    place: (Person, Server),
    channel: usize,
    number: usize,
    text: String,
    failed: Arc<AtomicU64>,
}

impl Writer {
    async fn write(self, first: Duration, writing: watch::Receiver<bool>) -> Vec<Sent> {
        sleep(first).await;
        let (mut sent, mut pace) = (Vec::new(), interval(EVERY));
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for count in 0.. {
            pace.tick().await;
            if !*writing.borrow() {
                break;
            }
            let body = json!({ "content": self.text, "nonce": format!("{}-{count}", self.number) });
            let at = now();
            let rev = self.until_written(count, &body).await;
            sent.push(Sent { channel: self.channel, rev, at, acknowledged: now() });
        }
        sent
    }

    /// Again with the same nonce until it is known to be written.
    async fn until_written(&self, count: usize, body: &Value) -> i64 {
        for attempt in 0.. {
            let gateway = (self.number + count + attempt) % self.stage.gateways();
            if let Some(rev) = self.once(gateway, body).await {
                return rev;
            }
            // Where there is no gateway it was not even tried.
            if self.stage.url(gateway).is_some() {
                self.failed.fetch_add(1, Ordering::SeqCst);
            }
            sleep(Duration::from_millis(50)).await;
        }
        0
    }

    async fn once(&self, gateway: usize, body: &Value) -> Option<i64> {
        let url = self.stage.url(gateway)?;
        let (person, server) = &self.place;
        let url = format!("{url}/api/channels/{}/messages", server.channel);
        let request = self.http.request(Method::POST, url).bearer_auth(person.token()).json(body);
        let answer = request.send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.json::<Value>().await.ok()?["message"]["rev"].as_i64()
    }
}
