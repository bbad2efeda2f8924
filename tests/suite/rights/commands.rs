//! Every command of `/ws`, by every kind of caller.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tests::{App, Person, Socket};

use super::callers::Callers;
use super::place::Place;
use super::table;

/// How long something that must not come may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(50);

/// A row of the table of commands.
pub(super) struct Command {
    name: &'static str,
    data: fn(&Place) -> Value,
    stranger: Stranger,
}

enum Stranger {
    /// An `error` with this code.
    Refused(&'static str),
    /// An `ack`, and nothing else.
    Done,
}

/// A command with data that is in order, of which a stranger is told that there is no such place.
pub(super) fn command(name: &'static str, data: fn(&Place) -> Value) -> Command {
    Command { name, data, stranger: Stranger::Refused("RESOURCE_NOT_FOUND") }
}

impl Command {
    /// A stranger is refused with another code.
    pub(super) fn refused(self, code: &'static str) -> Self {
        Self { stranger: Stranger::Refused(code), ..self }
    }

    /// A stranger may, for this reason.
    pub(super) fn done(self, _because: &'static str) -> Self {
        Self { stranger: Stranger::Done, ..self }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_asks_who_sends_it() {
    let app = App::builder().with("voice.grace_ms", "40000").start().await;
    let document = app.stranger().get("/api/asyncapi.json").await.body;
    let (documented, rows) = (documented(&document), table::commands());
    let wrong = compare(&documented, &rows);
    assert!(wrong.is_empty(), "tests/suite/rights/table.rs:\n{}", wrong.join("\n"));
    let callers = Callers::gather(&app).await;
    for row in &rows {
        for name in &documented[row.name] {
            let place = Place::make(&app).await;
            let data = (row.data)(&place);
            for (person, who, _) in callers.refused() {
                shut_out(&app, person, name, data.clone(), &format!("{name} {who}")).await;
            }
            as_stranger(&app, &callers.stranger, name, data.clone(), row).await;
            let mut owner = app.socket(&place.owner, 0).await;
            let answer = answer(&mut owner, name, data).await;
            assert_eq!(answer["event"], "ack", "{name} as the owner: {answer}");
        }
    }
}

/// The commands of the document, with all their names.
fn documented(document: &Value) -> BTreeMap<String, Vec<String>> {
    let messages = document["components"]["messages"].as_object().unwrap().iter();
    let commands = messages.filter_map(|(key, message)| {
        let name = key.strip_prefix("command.")?.to_string();
        let names = message["payload"]["properties"]["event"]["enum"].as_array()?.iter();
        Some((name, names.filter_map(Value::as_str).map(ToString::to_string).collect()))
    });
    commands.collect()
}

/// What is missing in the table, or too much in it.
fn compare(documented: &BTreeMap<String, Vec<String>>, rows: &[Command]) -> Vec<String> {
    let rows_of = |name: &str| rows.iter().filter(|row| row.name == name).count();
    let missing = documented.keys().filter(|name| rows_of(name) == 0);
    let several = documented.keys().filter(|name| rows_of(name) > 1);
    let unknown = rows.iter().filter(|row| !documented.contains_key(row.name));
    missing
        .map(|name| format!("a row is missing, such as:\n        command(\"{name}\", |p| json!({{ … }})),"))
        .chain(several.map(|name| format!("{name} has several rows")))
        .chain(unknown.map(|row| format!("{} is no command of the product: remove the row", row.name)))
        .collect()
}

/// Without a good token a command is answered with a refusal at most, and the socket is closed with 4001.
async fn shut_out(app: &App, person: &Person, name: &str, data: Value, what: &str) {
    let token = person.token_if_any();
    if name == "authenticate" {
        // Its token is what counts: the good one of the place has another row.
        let Some(token) = token else { return };
        let mut socket = Socket::open(app.url(), "", None).await;
        socket.send(name, json!({ "token": token }));
        closed(&mut socket, what).await;
    }
    let mut socket = Socket::open(app.url(), "", token).await;
    socket.send(name, data);
    closed(&mut socket, what).await;
}

async fn closed(socket: &mut Socket, what: &str) {
    assert_eq!(socket.close_code().await, Some(4001), "{what}");
    let seen = socket.rest(Duration::ZERO).await;
    assert!(seen.iter().all(|event| event["event"] == "error"), "{what}: {seen:?}");
}

/// A stranger is answered as the row says, and hears nothing.
async fn as_stranger(app: &App, stranger: &Person, name: &str, data: Value, row: &Command) {
    let mut socket = app.socket(stranger, 0).await;
    let answer = answer(&mut socket, name, data).await;
    match row.stranger {
        Stranger::Refused(code) => {
            assert_eq!(answer["event"], "error", "{name} as a stranger: {answer}");
            assert_eq!(answer["data"]["code"], code, "{name} as a stranger: {answer}");
        }
        Stranger::Done => assert_eq!(answer["event"], "ack", "{name} as a stranger: {answer}"),
    }
    let heard = socket.rest(STRAGGLERS).await;
    let heard = heard.iter().filter(|event| !event["timeline"].is_null()).collect::<Vec<_>>();
    assert!(heard.is_empty(), "{name} as a stranger: {heard:?}");
}

async fn answer(socket: &mut Socket, name: &str, data: Value) -> Value {
    let sent = socket.send(name, data);
    socket.answer(&sent).await
}
