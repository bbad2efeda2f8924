//! The hearing side of a client: what it is told, noted in its order; where it stands; how it goes on after a break.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::calls::{Answer, refusal};
use super::client::page;
use super::dice::Dice;
use super::history::{News, Timeline, Told};
use super::news;
use super::session::{Heard, Session, What};
use super::world::{World, count};

/// How long an answer may take before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long opening one may.
const OPEN: Duration = Duration::from_secs(10);

/// What a client hears.
#[derive(Debug)]
pub(super) struct Listener {
    world: Arc<World>,
    token: String,
    session: Option<Session>,
    gateway: usize,
    timelines: Vec<Hearing>,
    told: Vec<Told>,
    removed: bool,
}

/// A timeline, as one hears it.
#[derive(Clone, Debug, Default)]
struct Hearing {
    /// The newest change that is known.
    rev: i64,
    joined: bool,
    /// Too much was missed: it is to be read by HTTP, and what came since waits for that.
    gap: Option<Vec<Told>>,
}

impl Listener {
    pub(super) fn new(world: &Arc<World>, token: &str) -> Self {
        let timelines = vec![Hearing::default(); world.channels.len()];
        let (world, token, told) = (Arc::clone(world), token.to_string(), Vec::new());
        Self { world, token, session: None, gateway: 0, timelines, told, removed: false }
    }

    /// Everything that it was told, in its order.
    pub(super) fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    pub(super) fn is_open(&self) -> bool {
        self.session.is_some()
    }

    /// Whether it was told that it is no member any more. Tells it once.
    pub(super) fn was_removed(&mut self) -> bool {
        std::mem::take(&mut self.removed)
    }

    /// It learned by other ways that it is no member any more.
    pub(super) fn removed(&mut self) {
        self.removed = true;
        self.timelines.iter_mut().for_each(|hearing| hearing.joined = false);
    }

    /// Whether it knows everything up to there, and hears what comes.
    pub(super) fn stands_at(&self, goal: &[i64]) -> bool {
        let there =
            |(hearing, rev): (&Hearing, &i64)| hearing.joined && hearing.gap.is_none() && hearing.rev == *rev;
        self.is_open() && self.timelines.iter().zip(goal).all(there)
    }

    /// Ends the connection without a word.
    pub(super) fn hang_up(&mut self) {
        self.session = None;
        for hearing in &mut self.timelines {
            (hearing.joined, hearing.gap) = (false, None);
        }
    }

    /// Opens a connection to a gateway.
    pub(super) async fn open(&mut self, gateway: usize) -> bool {
        self.hang_up();
        let Some(url) = self.world.stage.url(gateway) else { return false };
        let opening = Session::open(&url, &self.token, self.world.contract);
        let Ok(Some(session)) = timeout_at(Instant::now() + OPEN, opening).await else { return false };
        count(&self.world.counts.connects);
        (self.session, self.gateway) = (Some(session), gateway);
        self.until(|frame| frame["event"] == "ready").await.is_some()
    }

    /// Leaves a channel that it hears. It will be heard again.
    pub(super) async fn leave_one(&mut self, dice: &mut Dice) {
        let timeline = dice.below(self.timelines.len());
        let channel = self.world.channels[timeline].clone();
        if self.timelines[timeline].joined
            && let Answer::Done(_) = self.command("leave-channel", &json!({ "channelId": channel })).await
        {
            self.timelines[timeline].joined = false;
        }
    }

    /// Hears all channels, from where it stood.
    pub(super) async fn hear_all(&mut self) {
        let away = self.timelines.iter().enumerate().filter(|(_, hearing)| !hearing.joined);
        let away = away.map(|(timeline, hearing)| (self.world.channels[timeline].clone(), hearing.rev));
        let away = away.collect::<Vec<_>>();
        match &away[..] {
            [] => {}
            // The two ways of a client to say where it stood.
            [(channel, rev)] => {
                let data = json!({ "channelId": channel, "since": rev });
                let answer = self.command("join-channel", &data).await;
                let joined = answer.done().and_then(|data| data["channels"][0]["rev"].as_i64());
                self.joined(channel, joined);
            }
            _ => {
                let wish = away.iter().map(|(channel, rev)| (channel.clone(), json!(rev)));
                let data = json!({ "timelines": wish.collect::<Map<_, _>>() });
                let answer = self.command("resume", &data).await.done();
                for (channel, _) in &away {
                    let rev = answer.as_ref().and_then(|data| data["timelines"][channel].as_i64());
                    self.joined(channel, rev);
                }
                if answer.is_some_and(|data| data["gone"].as_array().is_some_and(|gone| !gone.is_empty())) {
                    self.removed();
                }
            }
        }
        self.fill_gaps().await;
    }

    fn joined(&mut self, channel: &str, rev: Option<i64>) {
        let timeline = self.world.timelines[channel];
        let Some(rev) = rev else { return };
        self.timelines[timeline].joined = true;
        let at = kernel::Env::system().now().millis();
        self.note(timeline, rev, Told::Complete { at, timeline, rev });
    }

    /// Sends a command and listens until it is answered.
    pub(super) async fn command(&mut self, event: &str, data: &Value) -> Answer {
        let Some(session) = &mut self.session else { return Answer::NotSent };
        let (begun, reference) = (Instant::now(), session.send(event, data));
        let answer = self.until(|frame| frame["ref"] == reference.as_str()).await;
        self.world.took(begun.elapsed(), || format!("{event} at gateway {}", self.gateway));
        match answer {
            None => Answer::Unknown,
            Some(frame) if frame["event"] == "ack" => Answer::Done(frame["data"].clone()),
            Some(frame) => {
                let code = frame["data"]["code"].as_str().unwrap_or("INTERNAL");
                if code == "RESOURCE_NOT_FOUND" && event == "join-channel" {
                    self.removed();
                }
                refusal(&self.world, code, event)
            }
        }
    }

    /// Takes in what has come.
    pub(super) async fn drain(&mut self) {
        while let Some(Ok(heard)) = self.session.as_mut().map(|session| session.incoming.try_recv()) {
            self.take(&heard);
        }
        self.fill_gaps().await;
    }

    /// Takes in what comes until something fits. None when the connection is over, or nothing came for too long, which
    /// ends it.
    async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Option<Value> {
        let deadline = Instant::now() + PATIENCE;
        while let Some(session) = &mut self.session {
            let Ok(Some(heard)) = timeout_at(deadline, session.incoming.recv()).await else { break };
            self.take(&heard);
            if let What::Frame(frame) = heard.what
                && fits(&frame)
            {
                return Some(frame);
            }
        }
        self.hang_up();
        None
    }

    fn take(&mut self, heard: &Heard) {
        match &heard.what {
            What::Frame(frame) => self.hear(heard.at, frame),
            What::Wrong(wrong) => self.world.surprised(format!("against the AsyncAPI document: {wrong}")),
            What::Closed(code) => {
                if let Some(code) = code.filter(|code| !matches!(code, 1001 | 1011 | 4009)) {
                    self.world.surprised(format!("closed with {code}"));
                }
                self.hang_up();
            }
        }
    }

    fn hear(&mut self, at: i64, frame: &Value) {
        let data = &frame["data"];
        let timeline = |id: &Value| self.world.timelines.get(id.as_str()?).copied();
        match frame["event"].as_str().unwrap_or_default() {
            "kicked-from-server" | "server-deleted" if data["serverId"] == self.world.guild.as_str() => {
                self.removed()
            }
            "channel-left" => {
                if let Some(timeline) = timeline(&data["channelId"]) {
                    self.timelines[timeline].joined = false;
                }
            }
            "timeline-gap" => {
                if let Some(timeline) = timeline(&data["timeline"]) {
                    self.timelines[timeline].gap.get_or_insert_default();
                }
            }
            _ => {
                if let (Some(timeline), Some(rev)) = (timeline(&frame["timeline"]), frame["rev"].as_i64()) {
                    self.event(at, timeline, rev, frame);
                }
            }
        }
    }

    fn event(&mut self, at: i64, timeline: Timeline, rev: i64, frame: &Value) {
        count(&self.world.counts.events);
        match news::news(frame) {
            Some(news) => {
                if let News::New(message) = &news {
                    self.world.saw(timeline, message.id);
                }
                self.note(timeline, rev, Told::Event { at, timeline, rev, news });
            }
            None => self.world.surprised(format!("an event that says nothing: {frame}")),
        }
    }

    fn note(&mut self, timeline: Timeline, rev: i64, told: Told) {
        let hearing = &mut self.timelines[timeline];
        match &mut hearing.gap {
            Some(waiting) => waiting.push(told),
            None => {
                hearing.rev = hearing.rev.max(rev);
                self.told.push(told);
            }
        }
    }

    /// Reads by HTTP what was too much for a replay. Who fails at that hangs up and will be told again.
    async fn fill_gaps(&mut self) {
        for timeline in 0..self.timelines.len() {
            if self.timelines[timeline].gap.is_none() {
                continue;
            }
            let Some(loaded) = self.load(timeline).await else { return self.hang_up() };
            let waiting = self.timelines[timeline].gap.take().unwrap_or_default();
            for told in [loaded].into_iter().chain(waiting) {
                let rev = match &told {
                    Told::Event { rev, .. } | Told::Loaded { rev, .. } | Told::Complete { rev, .. } => *rev,
                };
                self.note(timeline, rev, told);
            }
        }
    }

    async fn load(&self, timeline: Timeline) -> Option<Told> {
        let path = format!("/api/channels/{}/messages?limit=100", self.world.channels[timeline]);
        let mut found = page(&self.world, self.gateway, &self.token, &path).await?;
        let rev = found["rev"].as_i64()?;
        let (mut upto, mut messages) = (rev, Vec::new());
        loop {
            upto = upto.max(found["rev"].as_i64()?);
            let part = found["messages"].as_array()?;
            for message in part {
                messages.push(news::message(message)?);
            }
            if found["hasMore"] != true {
                let at = kernel::Env::system().now().millis();
                return Some(Told::Loaded { at, timeline, rev, upto, messages });
            }
            let path = format!("{path}&before={}", part.last()?["seq"]);
            found = page(&self.world, self.gateway, &self.token, &path).await?;
        }
    }
}

impl Answer {
    /// The data of what was done.
    fn done(self) -> Option<Value> {
        match self {
            Self::Done(data) => Some(data),
            _ => None,
        }
    }
}
