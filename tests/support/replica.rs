//! What a client knows of a channel, kept as the contract says: by `rev`, by message id.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Person;

/// A client's copy of one channel.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    /// The newest change that it knows.
    pub rev: i64,
    /// What was loaded covers the changes up to here: they may still come by socket.
    loaded: i64,
    messages: BTreeMap<i64, Value>,
}

impl Replica {
    /// Applies an event of the channel, which must be newer than all before it, and tell of no message twice; but for
    /// what a load has covered. Who went away in the middle of a replay may be told of a change before it knows the
    /// message: a change has the whole of it.
    #[track_caller]
    pub fn apply(&mut self, event: &Value) {
        let rev = event["rev"].as_i64().unwrap_or_else(|| panic!("no rev: {event}"));
        if rev <= self.loaded {
            return;
        }
        assert!(rev > self.rev, "at {} came {event}", self.rev);
        self.rev = rev;
        let data = &event["data"];
        match event["event"].as_str().unwrap() {
            "new-message" => {
                let before = self.messages.insert(data["seq"].as_i64().unwrap(), data.clone());
                assert_eq!(before, None, "told twice: {event}");
            }
            "message-edited" | "message-updated" => {
                self.messages.insert(data["seq"].as_i64().unwrap(), data.clone());
            }
            "message-deleted" => {
                self.messages.retain(|_, message| message["id"] != data["messageId"]);
            }
            other => panic!("{other} has a rev"),
        }
    }

    /// Loads the channel anew, as after a `timeline-gap`.
    pub async fn reload(&mut self, person: &Person, channel: &str) {
        *self = Self::load(person, channel).await;
    }

    /// The channel as it is in the database, read by the history.
    pub async fn load(person: &Person, channel: &str) -> Self {
        let mut page = person.history(channel, "?limit=100").await;
        let rev = page["rev"].as_i64().unwrap();
        let mut messages = BTreeMap::new();
        loop {
            let part = page["messages"].as_array().unwrap();
            messages.extend(part.iter().map(|message| (message["seq"].as_i64().unwrap(), message.clone())));
            if page["hasMore"] != true {
                return Self { rev, loaded: rev, messages };
            }
            let oldest = part.last().unwrap()["seq"].clone();
            page = person.history(channel, &format!("?limit=100&before={oldest}")).await;
        }
    }

    /// Asserts that both know the same.
    #[track_caller]
    pub fn same_as(&self, other: &Self) {
        assert_eq!(self.rev, other.rev);
        assert_eq!(self.messages.len(), other.messages.len());
        for (seq, message) in &self.messages {
            assert_eq!(Some(message), other.messages.get(seq));
        }
    }
}
