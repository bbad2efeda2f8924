//! The pure parts of the hub together, in every order in which the world can treat them: publishes that cross or are lost,
//! readings of the log and of access that are answered late, rights that go and come. Whatever the order, nobody is told
//! what was committed since they lost the right to it, and in the end everybody has everything that is theirs, once and in
//! order.
//!
//! What `fence.rs` and `catch_up.rs` do with locks and queries is done here with plain values, step by step.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::{ChannelId, Env, Event, Fence, GuildId, Header, Rev, Topic, Turn, UserId, Version};
use proptest::prelude::*;
use proptest::sample::Index;

use super::plan::{View, plan};
use super::scope::{Scope, SessionTopics, Verdict};
use super::sequence::Sequence;
use super::{Member, SessionKey, SubscriptionMode, Ticket};

/// She is a member all the time.
const ADA: SessionKey = 1;
/// He is removed and admitted again.
const BOB: SessionKey = 2;

#[derive(Clone, Debug)]
enum Step {
    /// A message is committed and published.
    Write,
    /// Bob is removed: the version is raised.
    Remove,
    /// Bob is admitted again.
    Admit,
    /// One of the events that are on their way arrives.
    Arrive(Index),
    /// One of them is lost.
    Lose(Index),
    /// A round of planning begins, reads access, or is done.
    Plan,
    /// A reading of the log begins, or is done.
    Read,
    /// Bob's session leaves the channel.
    Leave,
    /// It proves its access in order to join the channel.
    Prove,
    /// It joins with what it proved.
    Join,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Write),
        2 => Just(Step::Remove),
        3 => Just(Step::Admit),
        8 => any::<Index>().prop_map(Step::Arrive),
        1 => any::<Index>().prop_map(Step::Lose),
        4 => Just(Step::Plan),
        2 => Just(Step::Read),
        2 => Just(Step::Leave),
        3 => Just(Step::Prove),
        3 => Just(Step::Join),
    ]
}

/// What PostgreSQL says.
struct Database {
    version: Version,
    bob_is_in: bool,
    /// How often Bob has been admitted again.
    admissions: u32,
    /// Of each message, in the order of `rev`: `None` when Bob was a member at its commit; when he was not, how often he
    /// had been admitted again until then. Once he is back he may read it.
    log: Vec<Option<u32>>,
}

impl Database {
    fn head(&self) -> Rev {
        Rev::try_from(self.log.len()).unwrap()
    }
}

/// A round of planning.
struct Round {
    hears: Vec<SessionTopics>,
    events: Vec<Event>,
    /// The version, and whether Bob is a member; once it was read.
    access: Option<(Version, bool)>,
}

/// A reading of the log: where it began, what it found.
struct Reading {
    since: Rev,
    head: Rev,
    version: Version,
}

struct Model {
    guild: GuildId,
    channel: ChannelId,
    database: Database,
    on_the_way: Vec<Event>,
    scope: Scope,
    sequence: Sequence<Rev>,
    bob: Arc<Member>,
    /// Who hears the channel: by which ticket, and up to where they have it.
    hearers: HashMap<SessionKey, (Ticket, Rev)>,
    tickets: Ticket,
    round: Option<Round>,
    reading: Option<Reading>,
    proved: Option<Version>,
}

impl Model {
    fn new() -> Self {
        let env = Env::system();
        let member = |key, mode| Arc::new(Member { key, mode, ..Member::for_tests(env.id::<UserId>()) });
        let (ada, bob) = (member(ADA, SubscriptionMode::All), member(BOB, SubscriptionMode::All));
        let mut model = Self {
            guild: env.id(),
            channel: env.id(),
            database: Database { version: 1, bob_is_in: true, admissions: 0, log: Vec::new() },
            on_the_way: Vec::new(),
            scope: Scope::default(),
            sequence: Sequence::default(),
            bob: Arc::clone(&bob),
            hearers: HashMap::new(),
            tickets: 0,
            round: None,
            reading: None,
            proved: None,
        };
        model.sequence.start(0);
        for member in [ada, bob] {
            for topic in [Topic::Guild(model.guild), Topic::Timeline(model.channel.into())] {
                assert!(model.enter(&member, topic, 1));
            }
        }
        model
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Write => {
                let Database { bob_is_in, admissions, .. } = self.database;
                self.database.log.push((!bob_is_in).then_some(admissions));
                let rev = Some(self.database.head());
                self.publish(Topic::Timeline(self.channel.into()), rev, Turn::None);
            }
            Step::Remove if self.database.bob_is_in => {
                self.database.bob_is_in = false;
                self.database.version += 1;
                self.publish(Topic::Guild(self.guild), None, Turn::None);
            }
            Step::Admit if !self.database.bob_is_in => {
                self.database.bob_is_in = true;
                self.database.admissions += 1;
                self.publish(Topic::User(self.bob.user), None, Turn::Admits);
            }
            Step::Arrive(which) if !self.on_the_way.is_empty() => {
                let event = self.on_the_way.remove(which.index(self.on_the_way.len()));
                self.arrive(&event);
            }
            Step::Lose(which) if !self.on_the_way.is_empty() => {
                self.on_the_way.remove(which.index(self.on_the_way.len()));
            }
            Step::Plan => match self.round.take() {
                None => self.begin_round(),
                Some(Round { hears, events, access: None }) => {
                    let access = Some((self.database.version, self.database.bob_is_in));
                    self.round = Some(Round { hears, events, access });
                }
                Some(Round { hears, events, access: Some(access) }) => self.end_round(hears, events, access),
            },
            Step::Read => match self.reading.take() {
                Some(reading) => self.end_reading(reading),
                None => self.begin_reading(),
            },
            Step::Leave => self.leave(),
            Step::Prove => self.proved = self.database.bob_is_in.then_some(self.database.version),
            Step::Join => self.join(),
            Step::Remove | Step::Admit | Step::Arrive(_) | Step::Lose(_) => {}
        }
    }

    fn publish(&mut self, topic: Topic, rev: Option<Rev>, turn: Turn) {
        let fence = Some(Fence { scope: self.guild.into(), version: self.database.version });
        self.on_the_way.push(Event {
            topic,
            header: Header { rev, fence, turn, ..Header::default() },
            frame: "{}".into(),
        });
    }

    fn arrive(&mut self, event: &Event) {
        match self.scope.judge(event, event.header.fence.unwrap().version) {
            Verdict::Pass => self.route(event),
            Verdict::PassAndPlan => {
                self.route(event);
                self.scope.begin();
            }
            Verdict::Held(_) => {}
        }
    }

    fn route(&mut self, event: &Event) {
        if let Some(rev) = event.header.rev {
            let ready = self.sequence.push(rev, rev);
            self.deliver(ready);
        }
    }

    /// Hands out what leaves the sequence. What a session has already is skipped, as `Subscriber::give` does.
    fn deliver(&mut self, ready: Vec<(Rev, Rev)>) {
        for (rev, _) in ready {
            let committed = self.database.log[usize::try_from(rev).unwrap() - 1];
            let bob_may = committed.is_none_or(|admissions| admissions < self.database.admissions);
            for (key, (_, at)) in self.hearers.iter_mut().filter(|(_, (_, at))| *at < rev) {
                assert_eq!(*at + 1, rev, "{key} misses something");
                assert!(*key == ADA || bob_may, "bob is told of {rev}");
                *at = rev;
            }
        }
    }

    /// A session asks for a topic under a grant of this version; what it hears begins at the head.
    fn enter(&mut self, member: &Arc<Member>, topic: Topic, version: Version) -> bool {
        self.tickets += 1;
        let entered = self.scope.enter(member, topic, self.tickets, version);
        if entered && matches!(topic, Topic::Timeline(_)) {
            self.hearers.insert(member.key, (self.tickets, self.database.head()));
        }
        entered
    }

    fn join(&mut self) {
        let Some(version) = self.proved.take() else { return };
        if self.hearers.contains_key(&BOB) {
            return;
        }
        let (bob, topic) = (Arc::clone(&self.bob), Topic::Timeline(self.channel.into()));
        // Where it begins is read under the same grant, which must be the present one.
        if self.enter(&bob, topic, version) && version != self.database.version {
            self.leave();
        }
    }

    fn leave(&mut self) {
        if let Some((ticket, _)) = self.hearers.remove(&BOB) {
            self.scope.leave(BOB, Topic::Timeline(self.channel.into()), ticket);
        }
    }

    fn begin_round(&mut self) {
        if !self.scope.is_planning() {
            return;
        }
        let (mut hears, admitted, events) = self.scope.round();
        if admitted.contains(&self.bob.user) && !hears.iter().any(|(member, _)| member.key == BOB) {
            hears.push((Arc::clone(&self.bob), HashSet::new()));
        }
        self.round = Some(Round { hears, events, access: None });
    }

    fn end_round(
        &mut self,
        hears: Vec<SessionTopics>,
        events: Vec<Event>,
        (version, bob_is_in): (Version, bool),
    ) {
        let view = guilds::VisibleChannels::from_iter([(self.channel, guilds::ChannelKind::Text)]);
        for (member, heard) in &hears {
            let may = (member.key == ADA || bob_is_in).then_some(&view);
            let topics = heard.iter().map(|(topic, _)| *topic).collect();
            let change = plan(self.guild.into(), &topics, may.map(View::Guild), member.mode);
            for (topic, ticket) in heard.iter().filter(|(topic, _)| change.drop.contains(topic)) {
                self.scope.leave(member.key, *topic, *ticket);
                if self.hearers.get(&member.key).is_some_and(|(mine, _)| mine == ticket) {
                    self.hearers.remove(&member.key);
                }
            }
            for topic in change.add {
                if !matches!(topic, Topic::Timeline(_)) || !self.hearers.contains_key(&member.key) {
                    self.enter(member, topic, version);
                }
            }
        }
        let planned = hears.iter().map(|(member, _)| member.key).collect::<Vec<_>>();
        if !self.scope.agree(version, &planned) {
            return self.scope.put_back(HashSet::new(), events);
        }
        let mut batch = events;
        loop {
            batch.iter().for_each(|event| self.route(event));
            match self.scope.drain() {
                Some(more) => batch = more,
                None => return,
            }
        }
    }

    fn begin_reading(&mut self) {
        let since = self.sequence.delivered().unwrap();
        self.reading = Some(Reading { since, head: self.database.head(), version: self.database.version });
    }

    /// What was read waits until the subscriptions agree with its version.
    fn end_reading(&mut self, reading: Reading) {
        if self.scope.is_behind(reading.version) {
            self.scope.begin();
            self.reading = Some(reading);
        } else {
            let rows = (reading.since + 1..=reading.head).map(|rev| (rev, rev)).collect();
            let ready = self.sequence.catch_up(rows, reading.head);
            self.deliver(ready);
        }
    }

    /// Nothing happens any more, and what is on its way is lost: versions and heads are compared until all is well.
    fn settle(&mut self) {
        while self.scope.is_behind(self.database.version)
            || self.scope.is_planning()
            || self.round.is_some()
            || self.reading.is_some()
            || self.sequence.delivered() != Some(self.database.head())
        {
            if self.scope.is_behind(self.database.version) {
                self.scope.begin();
            }
            self.take(&Step::Plan);
            self.take(&Step::Read);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn whatever_the_order_each_hears_what_is_theirs_and_nothing_else(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut model = Model::new();
        steps.iter().for_each(|step| model.take(step));
        model.settle();
        let head = model.database.head();
        prop_assert_eq!(model.hearers[&ADA].1, head);
        // An admission may have been lost; a removal may not.
        prop_assert!(model.hearers.get(&BOB).is_none_or(|(_, at)| model.database.bob_is_in && *at == head));
    }
}
