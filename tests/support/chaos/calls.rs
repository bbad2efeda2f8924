//! Changes and readings, as calls and as commands, and what is to be thought of their answers.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::history::{Change, Written};
use super::world::World;
use crate::contract::Seen;

/// What is known after a try.
#[derive(Debug)]
pub(super) enum Answer {
    /// It was done; the answer's data.
    Done(Value),
    /// It was not done: the code.
    Refused(String),
    /// It may have been done.
    Unknown,
    /// It never arrived.
    NotSent,
}

impl Change {
    /// As a call: method, path, body.
    pub(super) fn call(&self, channel: &str) -> (Method, String, Value) {
        let message = |id: &uuid::Uuid, rest: &str| format!("/api/messages/{id}{rest}");
        let put = |on: &bool| if *on { Method::POST } else { Method::DELETE };
        match self {
            Self::Post { nonce, content } => {
                let body = json!({ "content": content, "nonce": nonce });
                (Method::POST, format!("/api/channels/{channel}/messages"), body)
            }
            Self::Edit { message: id, content } => {
                (Method::PUT, message(id, ""), json!({ "content": content }))
            }
            Self::Delete { message: id } => (Method::DELETE, message(id, ""), Value::Null),
            Self::React { message: id, emoji, on } => {
                (put(on), message(id, "/reactions"), json!({ "emoji": emoji }))
            }
            Self::Pin { message: id, on } => (put(on), message(id, "/pin"), Value::Null),
        }
    }

    /// As a command: name, data.
    pub(super) fn command(&self, channel: &str) -> (&'static str, Value) {
        match self {
            Self::Post { nonce, content } => {
                ("send-message", json!({ "channelId": channel, "content": content, "nonce": nonce }))
            }
            Self::Edit { message, content } => {
                ("edit-message", json!({ "messageId": message, "content": content }))
            }
            Self::Delete { message } => ("delete-message", json!({ "messageId": message })),
            Self::React { message, emoji, on } => {
                let name = if *on { "add-reaction" } else { "remove-reaction" };
                (name, json!({ "messageId": message, "emoji": emoji }))
            }
            Self::Pin { message, on } => {
                (if *on { "pin-message" } else { "unpin-message" }, json!({ "messageId": message }))
            }
        }
    }
}

/// What an answer says of a message.
pub(super) fn written(data: &Value) -> Option<Written> {
    let message = &data["message"];
    let id = message["id"].as_str()?.parse().ok()?;
    Some(Written { id, seq: message["seq"].as_i64()?, rev: message["rev"].as_i64()? })
}

/// What a code of an error says.
pub(super) fn refusal(world: &World, code: &str, what: &str) -> Answer {
    match code {
        "UNAVAILABLE" => Answer::Unknown,
        "INTERNAL" => {
            world.surprised(format!("{what} was answered INTERNAL"));
            Answer::Unknown
        }
        code => Answer::Refused(code.to_string()),
    }
}

/// Calls a gateway.
pub(super) async fn call(
    world: &World,
    gateway: usize,
    token: &str,
    (method, path, body): (Method, String, Value),
) -> Answer {
    let Some(url) = world.stage.url(gateway) else { return Answer::NotSent };
    let what = format!("{method} {path}");
    let mut request = world.http.request(method.clone(), format!("{url}{path}")).bearer_auth(token);
    if !body.is_null() {
        request = request.json(&body);
    }
    let begun = Instant::now();
    let answer = match request.send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            match response.text().await {
                Ok(text) => judge(world, method.as_str(), &path, status, &text),
                Err(_) => Answer::Unknown,
            }
        }
        Err(error) if error.is_connect() => Answer::NotSent,
        Err(_) => Answer::Unknown,
    };
    world.took(begun.elapsed(), || format!("{what} at gateway {gateway}"));
    answer
}

fn judge(world: &World, method: &str, path: &str, status: u16, body: &str) -> Answer {
    let bare = path.split('?').next().unwrap_or(path);
    let seen = Seen { method, path: bare, status, content_type: "application/json", body };
    if let Some(wrong) = world.contract.calls.wrong(seen) {
        world.surprised(format!("against the OpenAPI document: {wrong}"));
    }
    let data = serde_json::from_str::<Value>(body).unwrap_or(Value::Null);
    if (200..300).contains(&status) {
        return Answer::Done(data);
    }
    refusal(world, data["code"].as_str().unwrap_or("INTERNAL"), &format!("{method} {path}"))
}
