//! A channel of a few people, next to a plain model of it: lists of messages and members, everything counted by hand.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tests::{App, Person, Server, Socket};

use super::{contents, id, path, stands};

/// The owner is the first of them; only she may mention everybody.
const PEOPLE: usize = 3;
const NAMES: [&str; PEOPLE] = ["ada", "bob", "cy"];

#[derive(Clone, Debug)]
enum Step {
    /// Somebody writes: in the channel, or in the thread of some message.
    Send { who: usize, calls: Vec<usize>, all: bool, thread: Option<usize> },
    /// Some message is deleted by the owner.
    Delete { which: usize },
    /// Somebody reads up to some message, or to the end; at one of two gateways.
    Read { who: usize, upto: Option<usize>, gateway: usize },
    /// Somebody leaves, or comes back.
    Move { who: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE;
    let send =
        (who.clone(), prop::collection::vec(0..PEOPLE, 0..3), any::<bool>(), prop::option::of(0..50_usize));
    prop_oneof![
        6 => send.prop_map(|(who, calls, all, thread)| Step::Send { who, calls, all, thread }),
        2 => (0..50_usize).prop_map(|which| Step::Delete { which }),
        3 => (who, prop::option::of(0..50_usize), 0..2_usize)
            .prop_map(|(who, upto, gateway)| Step::Read { who, upto, gateway }),
        1 => (1..PEOPLE).prop_map(|who| Step::Move { who }),
    ]
}

struct Message {
    id: String,
    text: String,
    author: usize,
    parent: Option<usize>,
    deleted: bool,
    calls: BTreeSet<usize>,
    all: bool,
}

#[derive(Default)]
struct Model {
    messages: Vec<Message>,
    rev: usize,
    read: [usize; PEOPLE],
    away: BTreeSet<usize>,
}

impl Model {
    fn present(&self, who: usize) -> bool {
        !self.away.contains(&who)
    }

    fn alive(&self, which: usize) -> bool {
        self.messages.get(which).is_some_and(|message| !message.deleted)
    }

    fn replies(&self, parent: usize) -> Vec<&Message> {
        let replies = self.messages.iter().filter(|message| message.parent == Some(parent));
        replies.filter(|message| !message.deleted).collect()
    }

    /// What the list of channels says to somebody.
    fn stands(&self, who: usize) -> Value {
        let beyond = || self.messages.iter().skip(self.read[who]);
        let unread = beyond().filter(|message| message.parent.is_none()).count();
        let mentioned = |message: &&Message| {
            !message.deleted && message.author != who && (message.all || message.calls.contains(&who))
        };
        json!({ "lastSeq": self.messages.len(), "rev": self.rev, "lastReadSeq": self.read[who], "unread": unread,
            "mentions": beyond().filter(mentioned).count() })
    }
}

struct World<'a> {
    app: &'a App,
    people: [Person; PEOPLE],
    server: Server,
    sockets: BTreeMap<usize, Socket>,
    model: Model,
}

impl World<'_> {
    async fn take(&mut self, step: Step) {
        match step {
            Step::Send { who, calls, all, thread } if self.model.present(who) => {
                self.send(who, calls, all, thread).await;
            }
            Step::Delete { which } if self.model.alive(which) => self.delete(which).await,
            Step::Read { who, upto, gateway } if self.model.present(who) => {
                self.read(who, upto, gateway).await;
            }
            Step::Move { who } => self.wander(who).await,
            _ => {}
        }
    }

    async fn send(&mut self, who: usize, calls: Vec<usize>, all: bool, thread: Option<usize>) {
        let model = &mut self.model;
        let parent = thread.filter(|which| model.alive(*which) && model.messages[*which].parent.is_none());
        let mut text = format!("number {}", model.messages.len());
        text.extend(calls.iter().map(|called| format!(" @{}", NAMES[*called])));
        text.push_str(if all { " @everyone" } else { "" });
        let parent_id = parent.map(|which| model.messages[which].id.clone());
        let body = json!({ "content": text, "parentMessageId": parent_id });
        let path = format!("/api/channels/{}/messages", self.server.channel);
        let sent = self.people[who].post(&path, body).await.ok()["message"].clone();
        let calls = calls.into_iter().filter(|called| *called != who && model.present(*called));
        let (calls, id) = (calls.collect(), id(&sent).to_string());
        let all = all && who == 0;
        model.messages.push(Message { id, text, author: who, parent, deleted: false, calls, all });
        model.rev += 1 + usize::from(parent.is_some());
        if parent.is_none() {
            model.read[who] = model.messages.len();
        }
    }

    async fn delete(&mut self, which: usize) {
        let model = &mut self.model;
        self.people[0].delete(&format!("/api/messages/{}", model.messages[which].id)).await.ok();
        model.messages[which].deleted = true;
        let told = model.messages[which].parent.is_some_and(|parent| model.alive(parent));
        model.rev += 1 + usize::from(told);
    }

    async fn read(&mut self, who: usize, upto: Option<usize>, gateway: usize) {
        let end = self.model.messages.len();
        let wish = upto.unwrap_or(end);
        self.model.read[who] = self.model.read[who].max(wish.min(end));
        let person = self.people[who].at(&self.app.gateways[gateway].url);
        let path = format!("/api/channels/{}/read", self.server.channel);
        let answer = person.post(&path, json!({ "seq": wish })).await.ok();
        let stands = self.model.stands(who);
        let expected = json!({ "channelId": self.server.channel, "seq": stands["lastReadSeq"],
            "unread": stands["unread"], "mentions": stands["mentions"] });
        for name in ["seq", "unread", "mentions"] {
            assert_eq!(answer[name], expected[name], "{name}");
        }
        // The other device hears the same.
        assert_eq!(self.sockets.get_mut(&who).unwrap().expect("read-mark").await, expected);
    }

    async fn wander(&mut self, who: usize) {
        if self.model.away.remove(&who) {
            self.people[who].join(&self.server).await;
            self.model.read[who] = self.model.messages.len();
        } else {
            let path = format!("/api/servers/{}/leave", self.server.id);
            self.people[who].post(&path, json!({})).await.ok();
            self.model.away.insert(who);
        }
    }

    async fn agrees(&self) {
        for who in (0..PEOPLE).filter(|who| self.model.present(*who)) {
            assert_eq!(
                stands(&self.people[who], &self.server).await,
                self.model.stands(who),
                "{}",
                NAMES[who]
            );
        }
    }

    /// In the end: the history, every thread, and what who was away all the time catches up with.
    async fn agrees_in_full(&self) {
        let ada = &self.people[0];
        let page = ada.history(&self.server.channel, "?limit=100").await;
        let alive = |message: &&Message| !message.deleted;
        let mut main = self.model.messages.iter().filter(alive).filter(|message| message.parent.is_none());
        let texts = main.clone().rev().map(|message| message.text.as_str()).collect::<Vec<_>>();
        assert_eq!(contents(&page["messages"]), texts);
        for message in page["messages"].as_array().unwrap() {
            let which = self.model.messages.iter().position(|known| known.id == id(message)).unwrap();
            let replies = self.model.replies(which);
            assert_eq!(message["threadCount"], replies.len());
            let thread = ada.get(&path(message, "/thread?limit=100")).await.ok();
            let texts = replies.iter().map(|reply| reply.text.as_str()).collect::<Vec<_>>();
            assert_eq!((contents(&thread["replies"]), &thread["parent"]), (texts, message));
        }
        let changes = format!("/api/channels/{}/changes?since=0&limit=500", self.server.channel);
        let changes = ada.get(&changes).await.ok();
        let told =
            changes["changes"].as_array().unwrap().iter().map(|change| id(&change["data"]).to_string());
        let all = self.model.messages.iter().filter(alive).map(|message| message.id.clone());
        assert_eq!(told.collect::<BTreeSet<_>>(), all.collect::<BTreeSet<_>>());
        assert_eq!(changes["rev"], self.model.rev);
        assert!(main.all(|message| !message.text.is_empty()));
    }
}

#[expect(clippy::print_stdout, reason = "shown only when the test fails: what was done before")]
#[tokio::test(flavor = "multi_thread")]
async fn counts_are_as_a_plain_model_counts_them() {
    let mut runner = TestRunner::deterministic();
    let app = App::builder().gateways(2).start().await;
    let people = [app.person(NAMES[0]).await, app.person(NAMES[1]).await, app.person(NAMES[2]).await];
    for round in 0..4 {
        let steps = prop::collection::vec(step(), 40..80).new_tree(&mut runner).unwrap().current();
        let server = people[0].create_server(&format!("Engines {round}")).await;
        let mut sockets = BTreeMap::new();
        for (who, person) in people.iter().enumerate() {
            if who > 0 {
                person.join(&server).await;
            }
            sockets.insert(who, app.socket(person, 1).await);
        }
        let model = Model::default();
        let mut world = World { app: &app, people: people.clone(), server, sockets, model };
        for (number, step) in steps.into_iter().enumerate() {
            let words = format!("{step:?}");
            world.take(step).await;
            println!("round {round}, step {number}: {words}");
            world.agrees().await;
        }
        world.agrees_in_full().await;
    }
    app.messages_are_whole().await;
}
