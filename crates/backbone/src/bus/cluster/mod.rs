//! The bus over a Redis cluster: sharded pub/sub. A channel has a slot, a slot has a master, and an event goes to that one.
//!
//! One task ([`Keeper`]) knows which master has which slots, keeps a listening and a publishing connection to each master,
//! and sees to it that each topic is subscribed at its master. The bus is up when all of that is so. What is out of order at
//! one master leaves the others alone: their events are heard all the while.

mod listener;
mod placement;
mod routes;
mod slots;
mod topology;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::Topic;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::LINGER;
use super::publisher::{Publisher, QUEUE, Redirect};
use super::shared::{BACKOFF, BEAT, Shared};
use crate::redis::{Address, Cluster, Server};
use listener::{Listener, Order};
use placement::{NodeNumber, Placement};
use slots::{SlotMap, slot_of};

pub(super) use routes::Routes;

/// How often the nodes are asked who has what when all is well: a slot may move without anybody telling us.
const SURVEY: Duration = Duration::from_secs(2);
/// After so long without a disturbance the next one is mended at once; one soon after another waits, each time longer. While
/// many slots move one after the other, everything that may be missing is looked up only so often.
const CALM: Duration = Duration::from_secs(5);

/// What the tasks of a cluster tell the [`Keeper`].
enum Report {
    /// The connection to the node can be used.
    Ready(NodeNumber),
    Subscribed(NodeNumber, Topic),
    Refused(NodeNumber, Topic),
    /// The node has ended a subscription, asked or unasked.
    Ended(NodeNumber, Topic),
    Lost(NodeNumber, &'static str),
    /// Who has what; `None` when no node answered.
    Surveyed(Option<SlotMap>),
}

/// A master that is listened to and published to.
struct Node {
    number: NodeNumber,
    ready: bool,
    orders: mpsc::UnboundedSender<Order>,
    /// Its signs of life are in this slot.
    beat_slot: u16,
    /// End with it.
    _tasks: JoinSet<()>,
}

struct Keeper {
    shared: Arc<Shared>,
    cluster: Arc<Cluster>,
    routes: Arc<Routes>,
    reports: mpsc::UnboundedSender<Report>,
    redirects: mpsc::UnboundedSender<Redirect>,
    surveys: mpsc::Sender<Vec<Address>>,
    map: SlotMap,
    nodes: HashMap<Address, Node>,
    placement: Placement,
    /// How many connections there were.
    count: NodeNumber,
    /// When to ask who has what.
    survey_at: Instant,
    /// How long a disturbance waits to be mended.
    wait: Duration,
    disturbed_at: Instant,
}

/// Keeps the bus of a cluster up, for as long as the task runs.
pub(super) async fn keep_up(shared: Arc<Shared>, cluster: Arc<Cluster>, routes: Arc<Routes>) {
    let (reports, mut told) = mpsc::unbounded_channel();
    let (redirects, mut redirected) = mpsc::unbounded_channel();
    // One at a time: whoever asks while another is under way will ask again.
    let (surveys, requests) = mpsc::channel(1);
    let mut tasks = JoinSet::new();
    tasks.spawn(topology::survey(Arc::clone(&cluster), requests, reports.clone()));
    let mut keeper = Keeper {
        shared: Arc::clone(&shared),
        cluster,
        routes,
        reports,
        redirects,
        surveys,
        map: SlotMap::default(),
        nodes: HashMap::new(),
        placement: Placement::default(),
        count: 0,
        survey_at: Instant::now(),
        wait: BACKOFF.0,
        disturbed_at: Instant::now(),
    };
    let mut tick = interval(BEAT);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(report) = told.recv() => keeper.hear(report),
            Some(redirect) = redirected.recv() => keeper.redirect(redirect),
            () = shared.wanted.notified() => keeper.join(&shared.topics.take_wanted()),
            () = sleep_until(keeper.survey_at) => keeper.survey(),
            _ = tick.tick() => keeper.leave(&shared.topics.take_idle(LINGER)),
        }
        keeper.settle();
    }
}

impl Keeper {
    fn hear(&mut self, report: Report) {
        match report {
            Report::Ready(number) => {
                if let Some(node) = self.nodes.values_mut().find(|node| node.number == number) {
                    node.ready = true;
                }
            }
            Report::Subscribed(number, topic) => {
                if self.placement.confirm(topic, number) {
                    self.shared.topics.mark_ready(&[topic]);
                }
            }
            Report::Refused(number, topic) => {
                if self.placement.refuse(topic, number) {
                    self.survey_soon();
                }
            }
            Report::Ended(number, topic) => {
                if self.placement.end(topic, number) {
                    self.shared.topics.mark_lost(&[topic]);
                    self.survey_soon();
                }
            }
            Report::Lost(number, why) => self.lose(number, why),
            Report::Surveyed(map) => self.surveyed(map),
        }
    }

    /// A node said that another has the channel: it goes there, and who has what is looked at.
    fn redirect(&mut self, Redirect { to, event }: Redirect) {
        if event.redirected || !self.routes.redirect(&to, event) {
            tracing::debug!(node = %to, "event dropped, its slot is moving");
        }
        self.survey_soon();
    }

    fn join(&mut self, topics: &[Topic]) {
        for topic in topics {
            self.place(*topic);
        }
    }

    /// Asks for the topic at the node that has its slot.
    fn place(&mut self, topic: Topic) {
        let node = self.node_of(topic);
        if let Some(node) = node {
            let _ = node.orders.send(Order::Join(topic));
        }
        let number = node.map(|node| node.number);
        self.placement.ask(topic, number);
    }

    fn node_of(&self, topic: Topic) -> Option<&Node> {
        self.nodes.get(self.map.owner(slot_of(&self.shared.channel(topic)))?)
    }

    fn leave(&mut self, topics: &[Topic]) {
        for topic in topics {
            let number = self.placement.leave(*topic);
            if let Some(node) = self.nodes.values().find(|node| Some(node.number) == number) {
                let _ = node.orders.send(Order::Leave(*topic));
            }
        }
    }

    fn lose(&mut self, number: NodeNumber, why: &'static str) {
        let Some(address) = self.nodes.iter().find(|(_, node)| node.number == number) else { return };
        let address = address.0.clone();
        tracing::warn!(node = %address, why, "bus lost a node");
        self.drop_node(&address);
        self.survey_soon();
    }

    fn drop_node(&mut self, address: &Address) {
        self.routes.remove(address);
        if let Some(node) = self.nodes.remove(address) {
            self.shared.topics.mark_lost(&self.placement.lose(node.number));
        }
    }

    fn survey_soon(&mut self) {
        if self.disturbed_at.elapsed() > CALM {
            self.wait = BACKOFF.0;
        }
        self.disturbed_at = Instant::now();
        self.survey_at = self.survey_at.min(Instant::now() + self.wait);
    }

    fn survey(&mut self) {
        let _ = self.surveys.try_send(self.map.masters().to_vec());
        self.survey_at = Instant::now() + SURVEY;
    }

    /// Brings connections and subscriptions in line with who has what.
    fn surveyed(&mut self, map: Option<SlotMap>) {
        if let Some(map) = map {
            self.map = map;
            self.routes.map(self.map.clone());
        }
        let has = |address: &Address, node: &Node| self.map.owner(node.beat_slot) == Some(address);
        let gone = self.nodes.iter().filter(|(address, node)| !has(address, node));
        for address in gone.map(|(address, _)| address.clone()).collect::<Vec<_>>() {
            self.drop_node(&address);
        }
        for address in self.map.masters().to_vec() {
            if !self.nodes.contains_key(&address) {
                self.start(address);
            }
        }
        for topic in self.placement.topics() {
            let number = self.node_of(topic).map(|node| node.number);
            if !self.placement.is_at(topic, number) {
                self.shared.topics.mark_lost(&[topic]);
                self.place(topic);
            }
        }
        if !self.is_whole() {
            self.wait = (self.wait * 2).min(BACKOFF.1);
            self.survey_soon();
        }
    }

    /// Begins to listen and publish to a master.
    fn start(&mut self, address: Address) {
        let Some(tag) = self.map.tag_of(&address) else { return };
        let Ok(client) = self.cluster.node(&address) else { return };
        self.count += 1;
        let number = self.count;
        let beat = self.shared.beat_channel(&format!("{{{tag}}}:"));
        let beat_slot = slot_of(&beat);
        let publisher = Publisher {
            shared: Arc::clone(&self.shared),
            server: Arc::new(Server::Fixed(Box::new(client))),
            command: "SPUBLISH",
            beat: beat.clone(),
            redirects: Some(self.redirects.clone()),
        };
        let listener = Listener {
            shared: Arc::clone(&self.shared),
            cluster: Arc::clone(&self.cluster),
            node: address.clone(),
            number,
            beat,
            reports: self.reports.clone(),
        };
        let ((queue, outgoing), (orders, todo)) = (mpsc::channel(QUEUE), mpsc::unbounded_channel());
        let mut tasks = JoinSet::new();
        tasks.spawn(publisher.run(outgoing));
        tasks.spawn(listener.run(todo));
        self.routes.add(address.clone(), queue);
        self.nodes.insert(address, Node { number, ready: false, orders, beat_slot, _tasks: tasks });
    }

    fn is_whole(&self) -> bool {
        let ready = |master| self.nodes.get(master).is_some_and(|node: &Node| node.ready);
        self.map.is_whole() && self.map.masters().iter().all(ready) && self.placement.is_complete()
    }

    /// Tells whoever listens when it has changed whether all is well.
    fn settle(&mut self) {
        match (self.shared.is_up(), self.is_whole()) {
            (false, true) => self.shared.restored(),
            (true, false) => self.shared.lost("not all slots are listened to"),
            _ => {}
        }
    }
}
